"""News of charts out of foreign servers: subscribed to where they keep that, else asked for."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from service.chart.arrival.follow import follow_arrival
from service.chart.arrival.keep import keep_arrivals
from service.chart.arrival.models import Arrival, Poll
from service.chart.models import Chart
from service.database import now, transaction
from service.fhir.profile import SiteProfile
from tests import small_chart
from tests.service.chart.builders import latest

PATIENT = "Patient/p1"
PUBLIC = "https://countersign.test"


@pytest.fixture
def begin(sessions, peer):
    peer.keep(small_chart.patient(PATIENT, "Yelena", "Sorokina", "1980-02-03", "p1"))
    with transaction(sessions) as session:
        session.add(Chart(patient_ref=PATIENT, gaps=[]))
    return lambda: transaction(sessions)


def with_arrival(client, **arrival):
    client.profile = SiteProfile.model_validate({"arrival": arrival})
    return client


def test_what_comes_into_the_ehr_comes_into_the_chart(begin, peer, proxied):
    client = with_arrival(proxied, way="poll", types=["AllergyIntolerance"])
    keep_arrivals(begin, client, public_url="")
    with begin() as session:
        session.execute(update(Poll).values(until=now() - timedelta(hours=1)))
    peer.keep(small_chart.allergy(PATIENT, "own", "Penicillin G"))
    keep_arrivals(begin, client, public_url="")
    follow_arrival(begin, PATIENT, client=client)
    with begin() as session:
        assert "Penicillin" in latest(session, "AllergyIntolerance/p1-allergy-own").text
        assert session.get(Arrival, PATIENT) is None


@pytest.mark.parametrize("topic", ["", "http://ehr.test/SubscriptionTopic/chart"])
def test_a_subscription_is_one_that_medplum_finds_valid(begin, peer, proxied, topic):
    client = with_arrival(proxied, way="told", topic=topic, types=["Condition"])
    for _ in range(2):
        keep_arrivals(begin, client, public_url=PUBLIC)
    (stored,) = client.search("Subscription", {})
    assert stored["channel"]["endpoint"] == f"{PUBLIC}/fhir/notify"
    assert stored["criteria"] == (topic or "Condition?")
