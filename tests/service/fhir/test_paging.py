"""A search is followed to its end, and pages that lead nowhere are noticed."""

import pytest

from service.fhir.errors import EhrIncomplete, EhrRefused
from tests.service.fhir.wire_fakes import BASE, ScriptedEhr, a_page, fhir


def ids(ehr):
    """What came, and the sentence with which it stopped ("" when whole)."""
    found = []
    try:
        for resource in ehr.client(page_size=2).search("Condition", {"patient": "Patient/1"}):
            found.append(resource["id"])
    except EhrIncomplete as stopped:
        return found, stopped.sentence
    return found, ""


def test_pages_are_followed_to_the_end():
    ehr = ScriptedEhr(a_page("1", "2", total=3, after=BASE + "?p=2"), a_page("3", total=3))
    assert ids(ehr) == (["1", "2", "3"], "")
    assert ehr.asked[0].url.params["_count"] == "2"


def test_a_relative_next_link_is_resolved():
    ehr = ScriptedEhr(a_page("1", after="Condition?p=2"), a_page("2"))
    assert ids(ehr) == (["1", "2"], "")
    assert str(ehr.asked[1].url) == BASE + "Condition?p=2"


def test_a_circle_of_pages_stops_with_what_came():
    page = BASE + "?p=2"
    found, said = ids(ScriptedEhr(a_page("1", after=page), a_page("2", after=page)))
    assert (found, "circle" in said) == (["1", "2"], True)


def test_pages_that_repeat_themselves_stop():
    pages = [a_page("1", after=f"{BASE}?p={n}") for n in range(20)]
    found, said = ids(ScriptedEhr(*pages))
    assert (found, "repeat" in said) == (["1"], True)


def test_a_total_that_does_not_hold_is_said():
    assert ids(ScriptedEhr(a_page("1", total=5))) == (
        ["1"],
        "The EHR announced 5 results for the search of Condition; 1 came.",
    )


def test_a_next_page_on_another_server_is_not_followed():
    ehr = ScriptedEhr(a_page("1", after="https://elsewhere.test/fhir?p=2"))
    found, said = ids(ehr)
    assert (found, "another server" in said) == (["1"], True)
    assert len(ehr.asked) == 1


def test_a_failure_told_inside_the_bundle_is_not_taken_for_the_end():
    failed = fhir(
        {
            "resourceType": "Bundle",
            "entry": [
                {
                    "search": {"mode": "outcome"},
                    "resource": {
                        "resourceType": "OperationOutcome",
                        "issue": [{"severity": "error", "code": "timeout"}],
                    },
                }
            ],
        }
    )
    assert ids(ScriptedEhr(failed)) == (
        [],
        "The search of Condition failed part of the way: timeout.",
    )


def test_an_answer_that_is_no_bundle_is_refused():
    with pytest.raises(EhrRefused, match="other than a Bundle"):
        ids(ScriptedEhr(fhir({"resourceType": "Patient"})))


def test_included_resources_do_not_count_towards_the_total():
    page = fhir(
        {
            "resourceType": "Bundle",
            "total": 1,
            "entry": [
                {"resource": {"resourceType": "Condition", "id": "1"}},
                {"resource": {"resourceType": "Patient", "id": "1"}, "search": {"mode": "include"}},
            ],
        }
    )
    assert ids(ScriptedEhr(page)) == (["1", "1"], "")
