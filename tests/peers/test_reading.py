"""A chart out of foreign servers, through a network that fails: whole, or with a gap."""

import pytest

from service.chart.gaps import GapKind
from service.chart.models import Chart
from service.chart.pull import refresh_chart
from service.chart.reading import held_records
from service.fhir.errors import EhrBusy
from service.summary.vocabulary import Standing
from tests import small_chart
from tests.peers import faults
from tests.peers.proxy import Fault

PATIENT = "Patient/p1"
ALLERGY = "AllergyIntolerance/p1-allergy-own"
CALL = "GET AllergyIntolerance"


@pytest.fixture
def chart(peer):
    """A patient, and another whose records are none of theirs."""
    for ref, family in ((PATIENT, "Sorokina"), (faults.STRANGER, "Abara")):
        peer.keep(small_chart.patient(ref, "Yelena", family, "1980-02-03", ref[-4:]))
        peer.keep(*small_chart.ordinary(ref))
    return {f"{r['resourceType']}/{r['id']}" for r in small_chart.ordinary(PATIENT)} | {PATIENT}


def pulled(session, client, **given):
    refresh_chart(session, PATIENT, client=client, **given)
    held = held_records(session, PATIENT)
    stands = {each.resource_ref for each in held if each.standing is Standing.EVIDENCE}
    return stands, session.get(Chart, PATIENT).gaps


def unread(gaps):
    return {each["source"] for each in gaps if each["kind"] == GapKind.SEARCH}


def test_the_chart_is_whole_and_holds_nobody_else(session, chart, proxied):
    held, gaps = pulled(session, proxied)
    assert held == chart
    assert unread(gaps) == set()


@pytest.mark.parametrize("fault", faults.READING.values(), ids=faults.READING)
def test_a_search_that_stays_at_fault_is_a_gap_and_the_rest_is_read(
    session, chart, proxied, proxy, fault
):
    proxy.faults[CALL] = fault
    held, gaps = pulled(session, proxied, is_final=True)
    assert unread(gaps) == {"AllergyIntolerance"}
    assert held | {ALLERGY} == chart


PASSING = ("dropped before", "dropped after", "truncated", "longer than the limit", "429", "503")


@pytest.mark.parametrize("name", PASSING)
def test_a_fault_that_passes_is_asked_again_and_leaves_no_gap(session, chart, proxied, proxy, name):
    proxy.faults[CALL] = [faults.READING[name]]
    held, gaps = pulled(session, proxied)
    assert (held, unread(gaps)) == (chart, set())


@pytest.mark.parametrize("change", [faults.given_twice, faults.with_a_stranger])
def test_more_than_was_asked_for_adds_nothing(session, chart, proxied, proxy, change):
    proxy.faults[CALL] = Fault(change=change)
    held, gaps = pulled(session, proxied)
    assert held == chart
    assert unread(gaps) == set()


def test_an_ehr_that_is_away_is_waited_for_and_makes_no_gaps(session, chart, proxied, proxy):
    away = Fault(reaches=False, drops=True)
    proxy.faults = {f"GET {each}": away for each in ("Patient", "AllergyIntolerance", "Goal")}
    with pytest.raises(EhrBusy):
        refresh_chart(session, PATIENT, client=proxied, is_final=True)
    assert session.get(Chart, PATIENT) is None


def test_what_was_deleted_is_no_evidence_after_the_next_whole_look(session, peer, chart, proxied):
    pulled(session, proxied)
    peer.empty()
    peer.keep(small_chart.patient(PATIENT, "Yelena", "Sorokina", "1980-02-03", "p1"))
    others = [r for r in small_chart.ordinary(PATIENT) if r["resourceType"] != "AllergyIntolerance"]
    peer.keep(*others)
    session.get(Chart, PATIENT).looked_at = None
    held, gaps = pulled(session, proxied)
    if peer.name == "medplum":
        assert held == chart - {ALLERGY}
    else:  # it answers 500 for a type that it has none of, and so does not say that it is gone
        assert {each["source"] for each in gaps if each["kind"] == GapKind.READ} == {ALLERGY}
