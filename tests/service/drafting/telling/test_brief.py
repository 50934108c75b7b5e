"""What the first screen tells, kind by kind: three texts of each."""

from dataclasses import replace

import pytest

from service.drafting.coverage import Unread
from service.drafting.telling import glue
from service.drafting.telling.brief import brief
from service.drafting.telling.given import with_facts
from service.summary.vocabulary import Standing
from service.verification.charts import records_of
from tests.service.drafting.builders import a_note, a_record, a_request

TODAY = "2026-06-01"
OF_PATIENT = ("AllergyIntolerance", "Immunization", "FamilyMemberHistory", "Consent")


def lines(*records, unread=(), words=150):
    request = with_facts(a_request("pre-visit", records), on=TODAY)
    section, _ = brief(request, Unread(records=tuple(unread)), words)
    return [statement.text for statement in section.statements]


def line(found, label):
    return next((each for each in found if each.startswith(label)), "")


def told(label, *records):
    return line(lines(*records), label)


def of(resource_type, **elements):
    """A record of a FHIR resource, read by its elements."""
    whose = "patient" if resource_type in OF_PATIENT else "subject"
    patient = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1990-05-01"}
    resource = {"resourceType": resource_type, "id": "r", whose: {"reference": "Patient/p"}}
    own = [patient | elements] if resource_type == "Patient" else [patient, resource | elements]
    entry = [{"resource": each} for each in own]
    records = records_of({"resourceType": "Bundle", "type": "collection", "entry": entry})
    return next(r for r in records if r.resource_type == resource_type)


def coded(code):
    return {"coding": [{"code": code}]}


def a_visit(day):
    period = {"start": day, "end": day}
    return of("Encounter", status="finished", **{"class": {"code": "AMB"}}, period=period)


def a_problem(name, status="active", verified="confirmed", **more):
    standing = {"clinicalStatus": coded(status), "verificationStatus": coded(verified)}
    return of("Condition", code={"text": name}, **standing, **more)


def an_allergy(to, reaction, severity="moderate"):
    shown = {"manifestation": [{"text": reaction}], "severity": severity}
    more = {"clinicalStatus": coded("active"), "recordedDate": "2026-01-01"}
    return of("AllergyIntolerance", code={"text": to}, reaction=[shown], **more)


def a_result(name, value, unit, day):
    more = {"status": "final", "effectiveDateTime": day}
    quantity = {"value": value, "unit": unit}
    return of("Observation", code={"text": name}, valueQuantity=quantity, **more)


# Who, and why now
@pytest.mark.parametrize("asked", ["RTC 6 wks.", "RTC 3 months.", "Follow up in 2 weeks."])
def test_who_it_is_tells_when_the_next_visit_is_due_and_what_is_open_does_not(asked):
    found = lines(a_note(f"PLAN\n1. {asked}\n"))
    assert asked in line(found, glue.PATIENT)
    assert asked not in line(found, glue.OPEN)


@pytest.mark.parametrize("plan", ["CBT to session 16.", "Repeat lithium level at next visit."])
def test_what_only_names_a_visit_is_no_next_one(plan):
    assert plan not in told(glue.PATIENT, a_note(f"PLAN\n1. {plan}\n"))


@pytest.mark.parametrize(
    "course",
    [
        "MDD in partial remission on bupropion.",
        "MDD, recurrent, improving.",
        "MDD: good response to sertraline.",
    ],
)
def test_a_problem_is_told_as_the_newest_note_says_that_it_goes(course):
    problem = a_problem("Major depressive disorder, recurrent")
    old = a_note("MDD worse since the move.", effective="2026-03-01")
    found = told(glue.PATIENT, problem, old, a_note(f"ASSESSMENT\n{course}\n"))
    assert course in found and "worse" not in found


def test_a_pregnancy_is_told_with_who_it_is_whatever_else_is_grave():
    names = ("Bipolar I disorder", "Epilepsy", "Chronic kidney disease", "Major depression")
    visit = of(
        "Encounter",
        status="finished",
        **{"class": {"code": "AMB"}},
        period={"start": "2026-05-20"},
        reasonCode=[{"text": "Positive pregnancy test"}],
    )
    found = told(glue.PATIENT, visit, *map(a_problem, (*names, "Pregnancy")))
    assert "· Pregnancy" in found
    assert "· Pregnancy" not in told(glue.PATIENT, a_problem("Pregnancy", "resolved"))


@pytest.mark.parametrize("pronouns", ["they/them", "she/her", "he/him"])
def test_pronouns_stand_beside_the_sex_of_the_record(pronouns):
    url = "http://hl7.org/fhir/StructureDefinition/individual-pronouns"
    said = {"url": "value", "valueCodeableConcept": {"text": pronouns}}
    patient = {
        "resourceType": "Patient",
        "id": "p",
        "gender": "female",
        "extension": [{"url": url, "extension": [said]}],
    }
    records = records_of({"resourceType": "Bundle", "entry": [{"resource": patient}]})
    assert f"female, {pronouns}" in told(glue.PATIENT, *records)


# Risk: its latest word, whichever it is
@pytest.mark.parametrize(
    "word",
    [
        "Denies SI, last passive thought in February.",
        "No SI since the admission.",
        "Passive death wish last week, no plan, no intent.",
    ],
)
def test_the_sentence_of_the_newest_note_that_tells_most_is_the_latest_word(word):
    old = a_note("Active SI with a plan.", effective="2026-02-01")
    found = told(glue.RISK, old, a_note(f"MSE: calm. {word} Insight good.\n"))
    assert f"{glue.RISK}: {word} (2026-05-01)" in found
    assert "Active SI" not in found


@pytest.mark.parametrize(
    "level",
    [
        "Acute risk low, chronic risk elevated by the attempt of 2019.",
        "RISK: low for self and infant.",
        "Acute risk moderate, lower than in March.",
    ],
)
def test_the_level_of_risk_is_told_as_the_clinician_put_it(level):
    assert level in told(glue.RISK, a_note(f"Denies SI.\n\n{level}\n"))


def test_what_a_newer_note_says_is_wrong_is_no_latest_word_on_risk():
    old = a_note("One handgun at home, in a closet.", effective="2026-04-01")
    new = a_note("Denies SI. The line about a handgun at home was carried over and is wrong.")
    found = lines(old, new)
    assert "in a closet" not in " ".join(found)
    assert "carried over and is wrong" in line(found, glue.CONFLICT)


def test_a_flag_that_grades_risk_is_told_where_little_else_is():
    flag = of("Flag", status="active", code={"text": "Suicide risk: chronic risk elevated"})
    found = lines(flag, a_note("Denies SI. Sleeps well, eats well, works again."), words=20)
    assert "chronic risk elevated" in line(found, glue.RISK)


def test_a_flag_that_a_newer_word_on_the_same_repeats_waits_for_room():
    flag = of(
        "Flag",
        status="active",
        code={"text": "Suicide risk: chronic risk elevated"},
        period={"start": "2026-01-05"},
    )
    note = a_note("Denies SI.\n\nChronic risk elevated by the crisis of 2024. Acute risk low.")
    assert "Suicide risk:" not in line(lines(flag, note, words=22), glue.RISK)
    assert "Suicide risk:" in line(lines(flag, note), glue.RISK)
    old = a_note("Denies SI.\n\nChronic risk low.", effective="2025-12-01")
    assert "Suicide risk:" in line(lines(flag, old, words=22), glue.RISK)


# What cannot both be so
@pytest.mark.parametrize(
    "text",
    [
        "Epilepsy in the old list was carried forward in error.",
        "Warfarin: still on the transfer list in error.",
        "Bipolar disorder (2019, disputed by pt, 3 of 7 criteria on 4/2/26).",
    ],
)
def test_a_sentence_that_names_both_sides_is_the_conflict(text):
    assert text in told(glue.CONFLICT, a_note(f"{text}\n"))


@pytest.mark.parametrize(
    "denial",
    [
        "The form lists NKDA, which is wrong.",
        "NKDA on the dental chart is an error.",
        "NKDA.",
    ],
)
def test_that_no_allergy_is_known_stands_beside_the_allergy_which_is_told_once(denial):
    allergy = an_allergy("Penicillin", "Anaphylaxis", "severe")
    found = lines(allergy, a_note(f"Allergies: {denial}\n"))
    beside = line(found, glue.ALLERGIES)
    assert "Penicillin - Anaphylaxis (severe)" in beside and denial.rstrip(".") in beside
    assert sum("Penicillin" in each for each in found) == 1


@pytest.mark.parametrize("told", ["rash as a child", "hives, confirmed today"])
def test_a_sentence_that_names_allergy_and_denial_takes_the_place_of_the_row(told):
    said = f"Allergies: penicillin, {told}, chart said NKDA in ED."
    found = lines(an_allergy("penicillin", "Rash", "mild"), a_note(f"{said}\n"))
    assert line(found, glue.ALLERGIES).startswith(f"{glue.ALLERGIES}: penicillin, {told}")
    assert not line(found, glue.CONFLICT) and "Rash (mild)" not in " ".join(found)


def test_where_there_is_no_room_for_the_sentence_the_row_of_the_list_stands():
    said = "Allergies: penicillin, rash as a child in Kabul, no airway sx, chart said NKDA in ED."
    records = (an_allergy("penicillin", "Rash", "mild"), a_note(f"{said}\n"))
    assert "Kabul" in line(lines(*records), glue.ALLERGIES)
    assert line(lines(*records, words=12), glue.ALLERGIES) == "Allergies: penicillin - Rash (mild)"


@pytest.mark.parametrize(
    ("name", "allergen"),
    [("amoxicillin 500 mg", "penicillin"), ("lamotrigine 25 mg", "lamotrigine")],
)
def test_what_is_given_in_spite_of_an_allergy_names_it_and_the_reaction_is_told_once(
    name, allergen
):
    allergy = an_allergy(allergen, "Stevens-Johnson syndrome", "severe")
    given = {"medicationCodeableConcept": {"text": name}, "authoredOn": "2026-05-01"}
    order = of("MedicationRequest", status="active", intent="order", **given)
    found = lines(allergy, order)
    assert name in line(found, glue.CONFLICT) and allergen in line(found, glue.CONFLICT)
    assert sum("Stevens" in each for each in found) == 1


def test_a_diagnosis_that_nobody_has_made_stands_beside_the_newest_word_on_it():
    name = "ADHD, raised by the patient"
    listed = a_problem(name, verified="unconfirmed", recordedDate="2026-03-01")
    found = told(glue.CONFLICT, listed, a_note("ADHD: not diagnosed, testing on 6/20."))
    assert "raised by the patient (2026-03-01)" in found and "not diagnosed" in found


# Results with what they were
def test_a_weight_is_told_by_the_first_of_the_year_where_it_moved_by_a_twentieth():
    visits = (a_visit("2026-03-01"), a_visit("2026-05-01"))
    days = ("2026-01-10", "2026-03-01", "2026-05-01")
    moved = [a_result("Body weight", kg, "kg", d) for kg, d in zip((70, 74, 76), days, strict=True)]
    assert "Body weight 70 → 76 kg" in told(glue.CHANGED, *visits, *moved)
    steady = [
        a_result("Body weight", kg, "kg", d) for kg, d in zip((70, 71, 72), days, strict=True)
    ]
    assert "weight" not in told(glue.CHANGED, *visits, *steady)


def test_a_long_name_of_a_measure_is_told_by_that_of_the_notes():
    visits = (a_visit("2026-03-01"), a_visit("2026-05-01"))
    scores = [
        a_result("PHQ-9 total score", n, "{score}", d) for n, d in ((17, "2026-03-01"), (9, TODAY))
    ]
    note = a_note("PHQ-9 17 today.", effective="2026-03-01")
    assert "PHQ-9 17 → 9" in told(glue.CHANGED, *visits, note, *scores)


# What a medicine did, and what is never to be given again
def test_what_a_stopped_medicine_did_stands_beside_the_allergies():
    harm = a_problem("Akathisia due to risperidone", status="resolved")
    note = a_note("Risperidone stopped 4/20.")
    assert "Akathisia due to risperidone" in told(glue.ALLERGIES, harm, note)


@pytest.mark.parametrize(
    "order",
    ["Lamotrigine: do not rechallenge.", "Avoid lamotrigine.", "Lamotrigine must not be given."],
)
def test_that_it_must_not_be_given_again_stands_beside_the_allergy(order):
    allergy = an_allergy("Lamotrigine", "Rash")
    found = told(glue.ALLERGIES, allergy, a_note(f"PLAN\n1. {order}\n"))
    assert "Lamotrigine - Rash (moderate)" in found and order in found


# What is owed
@pytest.mark.parametrize(
    "owed",
    [
        "Asked about stopping therapy; will decide with her in June.",
        "Pathology: I cannot find a result, will trace.",
        "School meeting about bullying, date pending.",
    ],
)
def test_what_the_newest_note_owes_is_open(owed):
    assert owed in told(glue.OPEN, a_note(f"PLAN\n1. {owed}\n"))


def test_what_a_note_asked_for_long_ago_comes_after_all_else():
    old = a_note("PLAN\n1. Sleep clinic referral placed.\n", effective="2025-06-01")
    new = a_note("PLAN\n1. School meeting, date pending.\n")
    found = lines(old, new, words=8)
    assert "School meeting" in line(found, glue.OPEN) and "Sleep clinic" not in " ".join(found)


# What was not read
def closing(*unread):
    request = with_facts(a_request("pre-visit", [a_note("Denies SI.")]), on=TODAY)
    return brief(request, Unread(records=unread), 150)[0].absence


def an_unread(headline, **more):
    return a_record("DocumentReference", headline, standing=Standing.UNREADABLE, **more)


def test_what_could_not_be_read_is_named_with_its_day():
    fax = an_unread("Note: Records of 2011, fax broken off, 2026-05-01, Clinic")
    assert closing(fax) == "Not read: Records of 2011, fax broken off (2026-05-01)."


def test_a_restricted_record_that_could_not_be_read_is_counted_and_never_named():
    secret = an_unread("Counselling notes, 2026-05-01", labels=["R", "PSYTHPN"])
    assert closing(secret) == "Not read: 1 record."


def test_a_report_that_was_registered_and_has_no_result_is_awaited():
    report = a_record(
        "DiagnosticReport",
        "Surgical pathology (registered; 2026-05-01)",
        status="registered",
        standing=Standing.EXCLUDED,
    )
    assert closing(report) == "No result yet: Surgical pathology (2026-05-01)."


# Room
def test_what_is_nearly_told_already_is_not_told_again_and_no_medicine_is_left_out_for_it():
    medicine = {"medicationCodeableConcept": {"text": "sertraline 50 mg"}}
    order = of("MedicationRequest", status="active", intent="order", **medicine)
    notes = (a_note("Acute risk low.\nDenies SI."), a_note("Acute risk low today. Denies SI."))
    found = lines(order, *notes)
    assert line(found, glue.RISK).count("Acute risk low") == 1
    assert "sertraline" in line(found, glue.MEDICINES)


def test_what_has_run_out_is_taken_no_more():
    note = a_note("Rx: ibuprofen 600 mg TID x 7 days.", effective="2026-05-01")
    assert "ibuprofen" not in told(glue.MEDICINES, note)
    late = replace(with_facts(a_request("pre-visit", [note]), on="2026-05-03"))
    section, _ = brief(late, Unread(), 150)
    assert "ibuprofen 600 mg" in line([s.text for s in section.statements], glue.MEDICINES)


def an_order(name, status):
    medicine = {"medicationCodeableConcept": {"text": name}}
    return of(
        "MedicationRequest", status=status, intent="order", authoredOn="2026-04-01", **medicine
    )


@pytest.mark.parametrize(
    ("note", "is_told"),
    [
        ("Fluoxetine 20 mg every morning, continue.", True),
        ("Fluoxetine 20 mg every morning until June 20.", False),
        ("Fluoxetine 20 mg every morning for 8 weeks.", False),
    ],
)
def test_what_a_note_continues_is_taken_though_its_order_is_over_a_bounded_course_is_not(
    note, is_told
):
    found = told(glue.MEDICINES, an_order("fluoxetine 10 mg", "completed"), a_note(note))
    assert ("20 mg" in found) is is_told
