"""News come by what the EHR tells; where it does not, it is asked; what it left out is searched."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from service.chart.arrival.hearing import hear, subscription_of
from service.chart.arrival.keep import Way, keep_arrivals, way_of
from service.chart.arrival.look import said
from service.chart.arrival.models import Poll, Subscription
from service.chart.arrival.notification import read_notification
from service.database import now
from service.errors import WrongSetting
from service.fhir.abilities import abilities_of
from service.fhir.profile import Arrival as Wanted
from service.summary import progress
from service.summary.people import SYSTEM
from service.summary.vocabulary import SummaryStatus as S
from service.summary.vocabulary import SummaryType
from tests.service.chart.arrival.builders import PUBLIC, TOPIC, Ehr, a_notification
from tests.service.chart.arrival.conftest import owed
from tests.service.chart.builders import PATIENT, a_record
from tests.service.fhir.wire_fakes import BASE, fhir

LONG_AGO = timedelta(hours=3)


def keep(begin, ehr, public_url=PUBLIC):
    keep_arrivals(begin, ehr.client(), public_url=public_url)


def token_of(stored):
    (header,) = stored["channel"]["header"]
    return header.removeprefix("Authorization: Bearer ")


def tell(begin, ehr, bundle):
    """The EHR calls our address with the token of its newest subscription."""
    told = None if bundle is None else read_notification(bundle, bases=(BASE,))
    with begin() as session:
        hear(session, subscription_of(session, token_of(ehr.subscriptions()[-1])), told)


def ours(begin):
    with begin() as session:
        return list(session.scalars(select(Subscription).order_by(Subscription.made_at)))


def age(begin, **columns):
    with begin() as session:
        session.execute(update(Subscription).values(**columns))


def polled_since(begin, at):
    with begin() as session:
        session.execute(update(Poll).values(until=at))


@pytest.fixture
def topic(begin, known):
    ehr = Ehr(way="told", topic=TOPIC, filters=["Encounter?status=finished"])
    keep(begin, ehr)
    tell(begin, ehr, a_notification(kind="handshake", total=0))
    return ehr


def test_nothing_but_what_it_is_is_asked_where_the_site_wants_nothing(begin, ehr):
    keep(begin, ehr)
    assert [kind for _, kind, _ in ehr.asked] == ["metadata"]


def test_a_topic_is_subscribed_to_once_for_ids_only(begin, topic):
    keep(begin, topic)
    (stored,) = topic.subscriptions()
    assert (stored["criteria"], stored["status"]) == (TOPIC, "requested")
    assert stored["channel"]["endpoint"] == f"{PUBLIC}/fhir/notify"
    (content,) = stored["channel"]["_payload"]["extension"]
    assert content["valueCode"] == "id-only"
    (row,) = ours(begin)
    assert row.ehr_ref == f"Subscription/{stored['id']}"
    assert token_of(stored) not in str(vars(row))  # its hash is kept


def test_events_are_looked_at_and_counted(begin, topic):
    tell(begin, topic, a_notification((1, "Encounter/e1", PATIENT), (2, "Encounter/e2", PATIENT)))
    assert owed(begin) == [PATIENT]
    assert (ours(begin)[0].last_event, ours(begin)[0].gap_since) == (2, None)


@pytest.mark.parametrize("numbers", [(1, 2, 3), (1, 1, 1, 2, 3, 3), (1, 2, 1, 3, 2)])
def test_events_that_come_twice_or_late_do_no_harm(begin, topic, numbers):
    for number in numbers:
        tell(begin, topic, a_notification((number, "Encounter/e1", PATIENT)))
    assert owed(begin) == [PATIENT]
    assert (ours(begin)[0].last_event, ours(begin)[0].gap_since) == (3, None)


GAPS = {
    "a number that is passed over": a_notification((3, "Encounter/e3", "Patient/p2"), total=3),
    "a heartbeat that counts more": a_notification(kind="heartbeat", total=2),
    "an error that the EHR tells": a_notification(kind="heartbeat", total=1, status="error"),
}


@pytest.mark.parametrize("bundle", GAPS.values(), ids=GAPS)
def test_what_was_not_told_is_searched_for(begin, topic, bundle):
    tell(begin, topic, a_notification((1, "Encounter/e1", "Patient/p2")))
    tell(begin, topic, bundle)
    assert ours(begin)[0].gap_since is not None
    topic.changed["Condition"] = [a_record("Condition", "c1")]
    keep(begin, topic)
    assert PATIENT in owed(begin)
    assert ours(begin)[0].gap_since is None


@pytest.mark.parametrize(
    "wrong",
    [
        a_notification((10**17, "Encounter/e9", PATIENT)),
        a_notification(kind="heartbeat", total=5000),
    ],
    ids=["an event", "a heartbeat"],
)
def test_a_count_that_was_never_reached_hides_no_later_gap(begin, topic, wrong):
    tell(begin, topic, a_notification((1, "Encounter/e1", PATIENT)))
    tell(begin, topic, wrong)
    keep(begin, topic)
    assert ours(begin)[0].gap_since is None, "it was searched for"
    tell(begin, topic, a_notification((7, "Encounter/e7", PATIENT)))
    assert (ours(begin)[0].last_event, ours(begin)[0].gap_since is None) == (7, False)
    keep(begin, topic)
    tell(begin, topic, a_notification((9, "Encounter/e9", PATIENT)))
    assert ours(begin)[0].gap_since is not None, "gaps are seen again"


def test_an_event_that_comes_a_little_late_begins_no_new_count(begin, topic):
    for number in (*range(1, 60), 3):
        tell(begin, topic, a_notification((number, "Encounter/e1", PATIENT)))
    assert (ours(begin)[0].last_event, ours(begin)[0].gap_since) == (59, None)


def test_a_gap_that_opens_while_one_is_searched_is_searched_too(begin, topic):
    def meanwhile(request):
        del topic.answers["GET Goal"]
        tell(begin, topic, a_notification((9, "Encounter/e9", PATIENT)))
        return fhir({"resourceType": "Bundle"})

    tell(begin, topic, a_notification((4, "Encounter/e4", PATIENT)))
    topic.answers["GET Goal"] = meanwhile
    keep(begin, topic)
    assert ours(begin)[0].gap_since is not None
    keep(begin, topic)
    assert ours(begin)[0].gap_since is None


def test_a_silent_subscription_is_looked_at_and_its_time_searched(begin, topic):
    age(begin, heard_at=now() - LONG_AGO, looked_at=now() - LONG_AGO)
    topic.subscriptions()[0]["status"] = "active"
    topic.changed["Goal"] = [a_record("Goal", "g1")]
    keep(begin, topic)
    assert owed(begin) == [PATIENT]
    assert len(topic.subscriptions()) == 1


@pytest.mark.parametrize("status", ["error", "off", None])
def test_one_that_the_ehr_has_stopped_is_made_anew_and_its_time_searched(begin, topic, status):
    age(begin, heard_at=now() - LONG_AGO, looked_at=now() - LONG_AGO)
    stored = topic.subscriptions()[0]
    stored["status"] = status
    if status is None:
        topic.gone.add(f"Subscription/{stored['id']}")
    topic.changed["Goal"] = [a_record("Goal", "g1")]
    keep(begin, topic)
    assert owed(begin) == [PATIENT]
    assert len(topic.subscriptions("requested")) == 1
    with begin() as session:
        assert subscription_of(session, token_of(stored)) is None


def test_it_is_ended_where_the_site_wants_none_any_more(begin, topic):
    topic.arrival = {}
    keep(begin, topic)
    assert (ours(begin), [each["status"] for each in topic.subscriptions()]) == ([], ["off"])


def test_a_lost_answer_to_a_subscription_is_made_good_by_its_handshake(begin, known):
    ehr = Ehr(way="told", topic=TOPIC)

    def lost(request):
        ehr.answers.clear()
        ehr.handle_request(request)
        return fhir({}, 503)

    ehr.answers["POST Subscription"] = lost
    keep(begin, ehr)
    tell(begin, ehr, a_notification(kind="handshake", total=0))
    keep(begin, ehr)
    assert len(ehr.subscriptions()) == 1
    assert ours(begin)[0].ehr_ref == "Subscription/s1"


def test_a_plain_rest_hook_says_that_something_came_and_it_is_searched(begin, known):
    ehr = Ehr(way="told", types=["Condition", "DocumentReference"])
    keep(begin, ehr)
    assert {each["criteria"] for each in ehr.subscriptions()} == {
        "Condition?",
        "DocumentReference?",
    }
    assert all("payload" not in each["channel"] for each in ehr.subscriptions())
    tell(begin, ehr, None)
    ehr.changed["DocumentReference"] = [a_record("DocumentReference", "d1")]
    keep(begin, ehr)
    assert owed(begin) == [PATIENT]
    assert [kind for _, kind, q in ehr.asked if "_lastUpdated" in q] == ["DocumentReference"]


def test_polling_asks_for_what_is_new_of_each_type(begin, known):
    ehr = Ehr(way="poll", types=["Condition", "Patient"])
    keep(begin, ehr)
    assert [kind for _, kind, _ in ehr.asked] == [
        "metadata"
    ]  # the first time there is nothing to catch up on
    polled_since(begin, now() - LONG_AGO)
    undated = {"lastUpdated": "0001-01-01T00:00:00+01:00"}
    ehr.changed["Condition"] = [
        a_record("Condition", meta=undated),
        a_record("Condition", "2", subject=None),
    ]
    ehr.changed["Patient"] = [ehr.held["Patient/p2"]]
    keep(begin, ehr)
    assert owed(begin) == [PATIENT]  # nothing is held of the other
    known("Patient/p2")
    keep(begin, ehr)
    assert len([1 for _, _, q in ehr.asked if "_lastUpdated" in q]) == 2  # not due again yet


def test_where_the_ehr_gives_no_news_of_everybody_those_in_use_are_read(begin, known):
    ehr = Ehr(way="poll", types=["Condition"])
    ehr.answers["GET Condition"] = fhir({}, 400)
    keep(begin, ehr)
    with begin() as session:
        for ref, status in ((PATIENT, S.IN_REVIEW), ("Patient/p2", S.REQUESTED)):
            a_summary_at(session, ref, status)
    polled_since(begin, now() - LONG_AGO)
    keep(begin, ehr)
    assert owed(begin) == [PATIENT]


def a_summary_at(session, ref, status):
    from service.chart.models import Chart

    session.merge(Chart(patient_ref=ref, gaps=[], pulled_at=now() - LONG_AGO))
    summary = progress.request_summary(session, ref, SummaryType.HANDOFF, actor="dr-a")
    for each in (S.CHARTED, S.INDEXED, S.DRAFTED, S.IN_REVIEW) if status is S.IN_REVIEW else ():
        progress.advance(session, summary, each, actor=SYSTEM)


@pytest.mark.parametrize("answer", [fhir({}, 403), fhir({}, 404), fhir({}, 422)])
def test_an_ehr_that_takes_no_subscription_is_asked(begin, known, answer):
    ehr = Ehr(way="told", topic=TOPIC, types=["Goal"])
    ehr.answers["POST Subscription"] = answer
    keep(begin, ehr)
    polled_since(begin, now() - timedelta(minutes=10))
    ehr.changed["Goal"] = [a_record("Goal", "g1")]
    keep(begin, ehr)
    assert owed(begin) == [PATIENT]
    assert len([1 for method, *_ in ehr.asked if method == "POST"]) == 1  # again in an hour
    assert ours(begin) == []


def test_an_ehr_that_is_away_is_asked_in_the_next_round(begin, known):
    ehr = Ehr(way="poll", types=["Goal"])
    keep(begin, ehr)
    polled_since(begin, now() - LONG_AGO)
    ehr.answers["GET Goal"] = fhir({}, 503)
    keep(begin, ehr)
    ehr.answers.clear()
    ehr.changed["Goal"] = [a_record("Goal", "g1")]
    keep(begin, ehr)
    assert owed(begin) == [PATIENT]


def a_statement(*interactions):
    codes = [{"code": each} for each in interactions]
    listed = [{"type": "Patient"}, {"type": "Subscription", "interaction": codes}]
    return abilities_of({"rest": [{"resource": listed}]})


@pytest.mark.parametrize(
    ("arrival", "known", "public_url", "way"),
    [
        ({}, None, PUBLIC, Way.NONE),
        ({"way": "poll"}, None, "", Way.POLL),
        ({"way": "told", "topic": TOPIC}, None, PUBLIC, Way.TOPIC),
        ({"way": "told", "topic": TOPIC}, a_statement("create"), PUBLIC, Way.TOPIC),
        ({"way": "told"}, a_statement("create"), PUBLIC, Way.REST_HOOK),
        ({"way": "told", "topic": TOPIC}, a_statement("read"), PUBLIC, Way.POLL),
        ({"way": "told", "topic": TOPIC}, a_statement("create"), "", Way.POLL),
    ],
)
def test_the_way_is_the_sites_as_far_as_the_ehr_goes_it(arrival, known, public_url, way):
    assert way_of(Wanted.model_validate(arrival), known, public_url=public_url) is way


def test_doctor_says_how_news_come(ehr):
    assert "when a summary is asked for" in said(ehr.client(), public_url="", has_secret=False)
    told = Ehr(way="told", topic=TOPIC)
    told_said = said(told.client(), public_url=PUBLIC, has_secret=True)
    assert TOPIC in told_said and f"{PUBLIC}/fhir/notify" in told_said
    with pytest.raises(WrongSetting, match="COUNTERSIGN_PUBLIC_URL"):
        said(told.client(), public_url="", has_secret=False)
