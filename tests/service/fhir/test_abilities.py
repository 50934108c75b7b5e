"""What an EHR says that it can do is read once a day, and what cannot work is said in words."""

import pytest
from structlog.testing import capture_logs

from service.fhir.abilities import AGAIN_AFTER_S, KEEP_S, Abilities, Known, abilities_of, unfit
from service.fhir.errors import EhrBusy, EhrRefused, EhrTokenRefused
from tests.service.fhir.wire_fakes import ScriptedEhr, fhir


def a_statement(**changed):
    patient = {"type": "Patient", "interaction": [{"code": "read"}]}
    documents = {"type": "DocumentReference", "interaction": [{"code": "create"}]}
    whole = {
        "resourceType": "CapabilityStatement",
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "xml"],
        "rest": [{"mode": "server", "resource": [patient, documents]}],
    }
    return whole | changed


def test_a_server_of_r4_with_json_and_both_acts_is_fit():
    assert unfit(abilities_of(a_statement())) == []
    assert unfit(abilities_of(a_statement(fhirVersion="4.3.0", format=["json"]))) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"fhirVersion": "5.0.0"}, "speaks FHIR 5.0.0, not R4"),
        ({"fhirVersion": None}, "of no stated version"),
        ({"format": ["application/fhir+xml"]}, "XML only"),
        ({"rest": [{"resource": [{"type": "Patient"}]}]}, "no read of Patient"),
        (
            {"rest": [{"resource": [{"type": "DocumentReference", "interaction": []}]}]},
            "no create of DocumentReference",
        ),
    ],
)
def test_what_cannot_work_is_said(changed, said):
    assert said in " ".join(unfit(abilities_of(a_statement(**changed))))


def test_a_statement_that_lists_nothing_is_not_taken_for_one_that_denies():
    known = abilities_of(a_statement(rest=[]))
    assert unfit(known) == []
    assert not known.lacks("AllergyIntolerance")


@pytest.mark.parametrize("odd", [{"rest": "x"}, {"rest": [1, {"resource": {"type": 1}}]}])
def test_an_odd_statement_is_read_as_far_as_it_goes(odd):
    assert abilities_of(a_statement(**odd)).types == {}


def test_it_is_read_once_a_day_and_again_sooner_where_it_did_not_come():
    at, reads = [0.0], []
    answers = [EhrBusy("later"), Abilities("4.0.1"), Abilities("4.0.1", frozenset({"json"}))]

    def read():
        reads.append(at[0])
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    known = Known(read, lambda: at[0])
    assert known.get() is None and known.get() is None
    at[0] = AGAIN_AFTER_S
    assert known.get() == known.get() == Abilities("4.0.1")
    at[0] += KEEP_S
    assert known.get().formats == {"json"}
    assert len(reads) == 3


def test_a_client_asks_for_it_once():
    ehr = ScriptedEhr(fhir(a_statement()))
    client = ehr.client()
    assert client.abilities() == client.within(3).abilities()


def test_a_refused_token_is_not_taken_for_silence():
    with pytest.raises(EhrTokenRefused):
        ScriptedEhr(fhir({}, 401)).client().abilities()


def test_another_resource_in_its_place_is_said_to_be_one():
    with pytest.raises(EhrRefused, match="below which /metadata lies"):
        ScriptedEhr(fhir({"resourceType": "Bundle"})).client().capability()


def test_what_cannot_work_is_in_the_log_once_a_reading():
    known = Known(lambda: Abilities("5.0.0"), lambda: 0.0)
    with capture_logs() as logs:
        known.get()
        known.get()
    (told,) = logs
    assert (told["event"], "not R4" in told["said"]) == ("ehr.unfit", True)
