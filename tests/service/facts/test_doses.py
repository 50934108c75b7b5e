"""One dose is an event and no medicine that is taken; what goes on is, whatever the occasion."""

from base64 import b64encode

import pytest

from service.facts import ConflictKind, FactKind, Standing
from tests.service.facts.charts import a_note, an_order, facts, resources

NOW = (Standing.CURRENT, Standing.DISPUTED, Standing.ON_HOLD)


def now(*records):
    """The keys of what is taken now."""
    return {f.key for f in facts(*records).of(FactKind.MEDICINE) if f.standing in NOW}


@pytest.mark.parametrize(
    "said",
    [
        # in an emergency
        "Received ceftriaxone 1 g IV in the ED.",
        "ED course: lorazepam 2 mg IV, haloperidol 5 mg IM.",
        "ED COURSE\nOlanzapine ODT 5 mg accepted at 00:05.",
        "Naloxone 0.4 mg by EMS with good response.",
        # round an operation
        "Cefazolin 2 g preop.",
        "Fentanyl 50 mcg intraop.",
        "Midazolam 2 mg premedication.",
        "Spinal anesthesia with bupivacaine 12 mg.",
        # once
        "Ketorolac 30 mg IV once.",
        "STAT lorazepam 2 mg.",
        "One dose of oral olanzapine 10 mg last night.",
        "Took an extra 400 mg of quetiapine last night.",
        # in an overdose
        "Took 12 tablets of acetaminophen 500 mg in an overdose.",
        "Intentional ingestion of ibuprofen 200 mg, about 40 tablets.",
        "Overdosed on quetiapine 300 mg x 20.",
        "Swallowed 30 of her sertraline 50 mg tablets.",
    ],
)
def test_one_dose_is_no_current_medicine(said):
    assert not now(a_note(said))


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("Home meds on arrival in the ED: lithium 900 mg, quetiapine 50 mg.", "lithium"),
        ("On sertraline 100 mg when seen in the ED.", "sertraline"),
        ("Metoprolol 25 mg twice daily, continued preop.", "metoprolol"),
        ("Haloperidol decanoate 100 mg IM.", "haloperidol"),
        ("Aripiprazole LAI 400 mg IM given today, next in 4 weeks.", "aripiprazole"),
        ("Paliperidone palmitate 156 mg IM x1 today.", "paliperidone"),
        ("Vancomycin 1 g IV q12h started.", "vancomycin"),
        ("Sertraline 50 mg once daily.", "sertraline"),
        ("Naloxone 4 mg nasal spray at home for an overdose.", "naloxone"),
        ("Sertraline 100 mg daily since the overdose of 2019.", "sertraline"),
    ],
)
def test_what_goes_on_is_taken_whatever_the_occasion(said, key):
    assert key in now(a_note(said))


def test_what_was_taken_in_an_overdose_is_none_however_its_days_tell_of_it():
    notes = (
        a_note("Took acetaminophen 500 mg tabs at home after a quarrel.", on="2026-02-01"),
        a_note("Acetaminophen overdose on 2/1, 12 tablets of 500 mg.", on="2026-02-02"),
    )
    assert not now(*notes)
    assert now(*notes, a_note("Acetaminophen 500 mg as needed.", on="2026-03-01"))


def test_an_overdose_of_what_is_ordered_leaves_the_order():
    note = a_note("Overdosed on sertraline 50 mg x 20.", on="2026-03-01")
    assert now(resources(an_order("sertraline 50 mg")), note) == {"sertraline"}


def test_what_a_note_of_an_emergency_names_without_how_often_was_given_there():
    emergency = {"type": {"text": "Emergency department note"}}
    note = resources(a_document("A: stone. Ketorolac 15 mg gave partial relief.", **emergency))
    assert not now(note)
    listed = resources(a_document("Meds: sertraline 50 mg. A: stone.", **emergency))
    assert now(listed) == {"sertraline"}


def a_document(text, **elements):
    attached = {"contentType": "text/plain", "data": b64encode(text.encode()).decode()}
    shown = {"status": "current", "date": "2026-03-01T10:00:00Z"}
    content = [{"attachment": attached}]
    return {"resourceType": "DocumentReference", "content": content, **shown, **elements}


@pytest.mark.parametrize(
    "dosage",
    [
        {"text": "1 mg IM once"},
        {"timing": {"repeat": {"count": 1}}},
        {"timing": {"code": {"coding": [{"code": "STAT"}]}}},
    ],
)
def test_an_order_for_one_dose_is_no_current_medicine(dosage):
    assert not now(resources(an_order("lorazepam 1 mg", 1, dosage=dosage)))


def test_an_order_for_once_a_day_is_one():
    order = an_order("sertraline 50 mg", 50, dosage={"text": "Take 1 tablet once daily"})
    assert now(resources(order)) == {"sertraline"}


@pytest.mark.parametrize("status", ["completed", "in-progress"])
def test_a_dose_that_was_given_is_no_current_medicine(status):
    medicine = {"medicationCodeableConcept": {"text": "lorazepam 1 mg"}}
    given = {"resourceType": "MedicationAdministration", "status": status, **medicine}
    assert not now(resources(given | {"effectiveDateTime": "2026-03-01"}))


def test_an_order_that_was_bounded_and_is_over_ends_what_a_note_of_its_days_goes_on_with():
    bounded = {"timing": {"repeat": {"boundsDuration": {"value": 2, "code": "wk", "unit": "wk"}}}}
    order = an_order("propranolol 10 mg", 10, on="2026-02-01", status="completed", dosage=bounded)
    note = a_note("Propranolol 10 mg twice daily.", on="2026-02-01")
    assert not now(resources(order), note)
    later = a_note("Propranolol 10 mg twice daily, continue.", on="2026-03-05")
    assert now(resources(order), note, later) == {"propranolol"}


# Doses of two parts of the day
@pytest.mark.parametrize(
    "told",
    [
        "Tacrolimus 3 mg am + 2 mg pm.",
        "Tacrolimus 3 mg in the morning and 2 mg at night.",
        "Tacrolimus 3 mg qAM and 2 mg qPM.",
    ],
)
def test_a_split_dose_beside_another_total_is_a_conflict_and_beside_the_same_none(told):
    def conflicts(dosage):
        order = an_order("Tacrolimus", on="2026-02-20", dosageInstruction=[{"text": dosage}])
        return {c.kind for c in facts(resources(order), a_note(told)).conflicts}

    assert ConflictKind.DOSE in conflicts("2 mg twice daily")
    assert ConflictKind.DOSE not in conflicts("5 mg daily")
    assert ConflictKind.DOSE not in conflicts("3 mg every morning and 2 mg every evening")
