"""What cannot both be so, in a brief: who tells it, what proves it, and what it stands before."""

import pytest

from service.drafting.coverage import Unread
from service.drafting.extractive import ExtractiveWriter
from service.drafting.telling import glue
from service.drafting.telling.brief import brief
from service.drafting.telling.compose import compose
from service.drafting.telling.given import with_facts
from service.drafting.telling.item import Rank, Telling
from service.drafting.telling.who import who
from service.verification.charts import records_of
from tests.service.drafting.builders import a_note, a_request

TODAY = "2026-06-01"


def lines(*records, words=150, beside=False):
    request = with_facts(a_request("pre-visit", records), on=TODAY)
    section, _ = brief(request, Unread(), words, beside=beside)
    return [statement.text for statement in section.statements]


def told(label, *records, **given):
    return " / ".join(each for each in lines(*records, **given) if each.startswith(label))


def an_order(name):
    order = {
        "resourceType": "MedicationRequest",
        "id": "r",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": name},
        "authoredOn": "2026-01-05",
        "subject": {"reference": "Patient/p"},
        "dosageInstruction": [{"text": "every morning"}],
    }
    return of(order)


def of(resource):
    """The record of a resource of a patient."""
    entry = [{"resource": each} for each in ({"resourceType": "Patient", "id": "p"}, resource)]
    records = records_of({"resourceType": "Bundle", "type": "collection", "entry": entry})
    return next(r for r in records if r.resource_type == resource["resourceType"])


# A pronoun does not say who tells what the patient does not
@pytest.mark.parametrize(
    ("heads", "sentence", "by"),
    [
        (
            "Source: brother Yusuf Ali, by phone.\n\nPer brother: sleeps by day.",
            "He took away two ropes in May; she did not tell the clinic that.",
            "Per brother",
        ),
        (
            "Informant: mother. Seen alone, then together.\n\n",
            "She found him after an overdose twice; he had not told anyone.",
            "Informant: mother",
        ),
        (
            "Spoke with his wife at noon.\n\n",
            "She heard of a suicide attempt in March; he did not report that.",
            "Spoke with his wife",
        ),
    ],
)
def test_who_is_heard_is_named_where_the_sentence_has_a_pronoun(heads, sentence, by):
    note = a_note(f"Suicide attempt asked about. {heads} {sentence}", effective="2026-05-01")
    found = told(glue.CONFLICT, note)
    assert f"{by}{glue.BETWEEN}{sentence} (2026-05-01)" in found


def test_the_patients_own_word_has_no_other_teller():
    sentence = "He did not tell the emergency doctors of the overdose."
    found = told(glue.CONFLICT, a_note(f"Seen alone. {sentence}"))
    assert f"{glue.CONFLICT}: {sentence}" in found


# What was carried forward after it was refuted: the newest word, and what proves it
@pytest.mark.parametrize(
    ("newest", "earlier", "proof"),
    [
        (
            "Clinic sheet still had asthma: cancelled, not asthmatic.",
            "Asthma was carried forward from an old sheet of another ward; spirometry normal, "
            "asthma denied by his GP.",
            "spirometry normal, asthma denied by his GP",
        ),
        (
            "Care home list still had epilepsy: crossed out, no epilepsy.",
            "Epilepsy was carried forward from a fax about his cousin of 2019; EEG normal, "
            "no seizure ever.",
            "EEG normal, no seizure ever",
        ),
        (
            "Pharmacy list still had hypothyroidism: deleted, no hypothyroidism.",
            "Hypothyroidism was carried forward from a letter on a namesake in 2020; TSH 1.9, "
            "levothyroxine never taken.",
            "TSH 1.9, levothyroxine never taken",
        ),
    ],
)
def test_what_proves_an_error_stands_beside_the_newest_word_where_there_is_room(
    newest, earlier, proof
):
    notes = a_note(earlier, effective="2026-04-01"), a_note(newest, effective="2026-05-01")
    found = told(glue.CONFLICT, *notes)
    assert newest in found and proof in found
    assert "carried forward" not in found
    short = told(glue.CONFLICT, *notes, words=14)
    assert newest in short and proof not in short


@pytest.mark.parametrize("head", ["Correction", "Addendum", "Clarification"])
def test_what_a_note_sets_before_its_correction_is_no_part_of_it(head):
    said = "the line about a shotgun at home was carried over from intake and is wrong"
    found = told(glue.CONFLICT, a_note(f"Denies SI.\n\n{head}: {said}."))
    assert f"{glue.CONFLICT}: {said}" in found


@pytest.mark.parametrize("head", ["Allergy reviewed", "Allergies", "Allergy list reviewed"])
def test_what_a_note_sets_before_its_allergies_is_no_part_of_them(head):
    allergy = {
        "resourceType": "AllergyIntolerance",
        "id": "a",
        "patient": {"reference": "Patient/p"},
        "code": {"text": "Cefazolin"},
        "clinicalStatus": {"coding": [{"code": "active"}]},
    }
    said = "the form of the eye clinic lists NKDA, which is wrong."
    assert f"{glue.BETWEEN}{said}" in told(glue.ALLERGIES, of(allergy), a_note(f"{head}: {said}"))


def test_a_medicine_that_is_listed_in_error_comes_before_a_diagnosis():
    diagnosis = "Gout on the ward list is an error, no gout."
    medicine = "Methotrexate is still on the ward list in error, stopped in January."
    found = told(
        glue.CONFLICT,
        a_note(diagnosis, effective="2026-05-02"),
        a_note(medicine, effective="2026-05-01"),
    )
    assert found.index(medicine) < found.index(diagnosis)


# An older word on the code status tells nothing beside the conflict that has the newest
@pytest.mark.parametrize("order", ["Advance directive found: DNR.", "Advance directive: DNR, DNI."])
def test_a_conflict_of_code_status_is_not_told_again_before_others(order):
    first = a_note(f'ED "Full code" was the default, corrected. {order}', effective="2026-04-01")
    newest = a_note("DNR confirmed with patient.", effective="2026-05-01")
    listed = "Methotrexate is still on the ward list in error, stopped in January."
    found = lines(first, newest, a_note(listed, effective="2026-04-02"), words=30)
    assert any("Full code" in each and "DNR confirmed" in each for each in found)
    assert any(listed in each for each in found)
    assert not any(each.startswith(glue.ALERTS) for each in found)


def test_beside_a_table_of_medicines_the_brief_has_their_room():
    asked = a_note("Denies SI. Sleeps well.")
    orders = [an_order(name) for name in ("Sertraline 50 mg", "Trazodone 50 mg")]
    assert told(glue.MEDICINES, *orders, asked)
    assert not told(glue.MEDICINES, *orders, asked, beside=True)
    request = with_facts(a_request("medication-history", (*orders, asked)), on=TODAY)
    document = compose(request, ExtractiveWriter().write(request), Unread()).document
    first = [statement.text for statement in document.sections[0].statements]
    assert not any(each.startswith(glue.MEDICINES) for each in first)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Major depressive disorder", "schizophrenia"),
        ("Bipolar I disorder", "schizophrenia"),
        ("Schizophrenia", "dementia"),
    ],
)
def test_an_illness_is_as_grave_whatever_its_entry_says_it_is_not(name, other):
    standing = {"clinicalStatus": {"coding": [{"code": "remission"}]}}
    entry = {"resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/p"}}
    problem = of(entry | standing | {"code": {"text": name}, "note": [{"text": f"Not {other}."}]})
    found = who(Telling(with_facts(a_request("pre-visit", [problem]), on=TODAY)))
    assert [item.rank for item in found if name in item.text] == [Rank.GRAVE_PROBLEM]
