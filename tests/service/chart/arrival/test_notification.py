"""A notification says what it is about, in R4's form and R4B's; nothing else is taken for one."""

import pytest

from service.chart.arrival.notification import Event, read_notification
from service.errors import BadInput
from tests.service.chart.arrival.builders import a_notification
from tests.service.chart.builders import a_bundle, a_record
from tests.service.fhir.wire_fakes import BASE


def read(bundle):
    return read_notification(bundle, bases=(BASE,))


def test_an_event_names_its_patient_where_the_ehr_says_whose_it_is():
    told = read(a_notification((2, f"{BASE}Encounter/e1", f"{BASE}Patient/p1"), total=2))
    assert (told.kind, told.status, told.total) == ("event-notification", "active", 2)
    assert told.events == (Event(2, ("Patient/p1",)),)
    assert told.subscription_ref == "Subscription/s1"


def test_without_that_it_is_about_the_record():
    assert read(a_notification((1, "Encounter/e1"))).events == (Event(1, ("Encounter/e1",)),)


def test_a_record_that_comes_along_says_whose_it_is():
    bundle = a_notification((1, "Condition/c1"))
    bundle["entry"].append({"resource": a_record("Condition", "c1")})
    assert read(bundle).events == (Event(1, ("Patient/p1",)),)


@pytest.mark.parametrize("kind", ["handshake", "heartbeat"])
def test_a_handshake_and_a_heartbeat_hold_no_events(kind):
    told = read(a_notification(kind=kind, total=7))
    assert (told.kind, told.total, told.events) == (kind, 7, ())


def test_the_form_of_r4b_says_the_same():
    status = {
        "resourceType": "SubscriptionStatus",
        "status": "active",
        "type": "event-notification",
        "eventsSinceSubscriptionStart": "2",
        "notificationEvent": [
            {"eventNumber": "2", "focus": {"reference": f"{BASE}Encounter/e1"}},
        ],
        "subscription": {"reference": "Subscription/s1"},
    }
    told = read(a_bundle(status, kind="history"))
    assert told == read(a_notification((2, "Encounter/e1")))


def test_what_lies_on_another_server_is_nothing_that_we_could_read():
    assert read(a_notification((1, "https://other.test/Encounter/e1"))).events[0].refs == ()


@pytest.mark.parametrize(
    "said",
    [
        None,
        [],
        {},
        {"entry": None},
        {"entry": [{"resource": {"resourceType": "Patient"}}]},
        {"entry": [None, {"resource": 3}]},
        a_bundle(
            {
                "resourceType": "Parameters",
                "parameter": [{"name": "notification-event", "valueString": "x"}],
            }
        ),
    ],
)
def test_anything_else_is_none(said):
    with pytest.raises(BadInput):
        read(said)


@pytest.mark.parametrize("number", ["-1", "1.5", "many", "9" * 30, None])
def test_a_number_that_is_none_is_no_number(number):
    assert read(a_notification((number, "Encounter/e1"), total=number)).events[0].number is None
