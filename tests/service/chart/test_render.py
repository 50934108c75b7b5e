"""Each resource type as text: one headline that can stand alone, in plain words."""

import pytest

from service.chart.render import words
from service.chart.render.registry import render
from service.chart.render.scene import Scene
from service.fhir import wire
from tests.service.chart.builders import a_concept, a_patient, a_record


def rendered(resource, *others):
    held = {f"{r['resourceType']}/{r['id']}": r for r in others}
    return render(Scene(resource, find=held.get))


def headline(resource, *others):
    return rendered(resource, *others).headline


def coded(code):
    return {"coding": [{"code": code}]}


def test_an_order_says_medicine_dosage_status_and_reason():
    order = a_record(
        "MedicationRequest",
        status="active",
        intent="order",
        authoredOn="2024-03-02",
        medicationCodeableConcept=a_concept("Sertraline 50 mg oral tablet"),
        dosageInstruction=[{"text": "take 1 tablet once daily"}],
        reasonCode=[a_concept("depressive episode")],
    )
    assert headline(order) == (
        "Sertraline 50 mg oral tablet, take 1 tablet once daily "
        "(active, since 2024-03-02; for depressive episode)"
    )


def test_an_order_without_written_dosage_is_put_together_from_its_parts():
    order = a_record(
        "MedicationRequest",
        status="stopped",
        intent="order",
        authoredOn="2024-03-02",
        medicationReference={"reference": "#m"},
        contained=[{"resourceType": "Medication", "id": "m", "code": a_concept("Lithium")}],
        dosageInstruction=[
            {
                "doseAndRate": [{"doseQuantity": {"value": 300, "unit": "mg"}}],
                "route": a_concept("oral"),
                "asNeededBoolean": False,
                "timing": {
                    "repeat": {"frequency": 2, "period": 1.0, "periodUnit": "d", "when": ["HS"]}
                },
            }
        ],
        statusReason=a_concept("tremor"),
    )
    made = rendered(order)
    assert made.headline == (
        "Lithium, 300 mg, oral, twice daily (at bedtime) "
        "(stopped, ordered 2024-03-02; because: tremor)"
    )


def test_a_held_medication_gives_an_order_its_name():
    order = a_record(
        "MedicationRequest",
        status="active",
        intent="order",
        medicationReference={"reference": "Medication/m"},
    )
    medicine = {"resourceType": "Medication", "id": "m", "code": a_concept("Quetiapine")}
    assert headline(order, medicine).startswith("Quetiapine (active")


def test_what_must_not_be_given_says_so_first():
    order = a_record(
        "MedicationRequest",
        status="active",
        intent="order",
        doNotPerform=True,
        medicationCodeableConcept=a_concept("Haloperidol"),
    )
    assert headline(order).startswith("Do not give: Haloperidol")
    taken = a_record(
        "MedicationStatement", status="not-taken", medicationCodeableConcept=a_concept("Lithium")
    )
    assert headline(taken).startswith("Not taking: Lithium")


def test_an_allergy_says_substance_reaction_and_certainty():
    allergy = a_record(
        "AllergyIntolerance",
        code=a_concept("penicillin G"),
        recordedDate="2019-04-02",
        reaction=[{"manifestation": [a_concept("anaphylaxis")], "severity": "severe"}],
        clinicalStatus=coded("active"),
        verificationStatus=coded("confirmed"),
    )
    assert headline(allergy) == (
        "Allergy: penicillin G - anaphylaxis (severe); active, confirmed; recorded 2019-04-02"
    )


def test_no_known_allergy_does_not_read_as_an_allergy():
    none = a_record(
        "AllergyIntolerance",
        code=a_concept("No known allergy", "716186003"),
        clinicalStatus=coded("active"),
    )
    assert headline(none) == "No known allergy; active"


@pytest.mark.parametrize(
    ("verified", "start"),
    [
        ("refuted", "Refuted (does not have): Bipolar"),
        ("provisional", "Provisional: Bipolar"),
        ("entered-in-error", "Entered in error: Bipolar"),
        ("confirmed", "Bipolar"),
    ],
)
def test_doubt_about_a_problem_stands_before_it(verified, start):
    condition = a_record(
        "Condition", code=a_concept("Bipolar disorder"), verificationStatus=coded(verified)
    )
    assert headline(condition).startswith(start)


def test_a_score_lists_its_items_wherever_they_are_held():
    items = [
        a_record(
            "Observation", f"i{n}", status="final", valueInteger=n, code=a_concept(f"Question {n}")
        )
        for n in range(2)
    ]
    score = a_record(
        "Observation",
        "s",
        status="final",
        code=a_concept("PHQ-9 total score"),
        valueQuantity={"value": 14, "unit": "{score}"},
        effectiveDateTime="2024-05-01T09:00:00Z",
        hasMember=[
            {"reference": "Observation/i0"},
            {"reference": "Observation/i1"},
            {"reference": "Observation/i2", "display": "Question 2"},
        ],
    )
    made = rendered(score, *items)
    assert made.headline == "PHQ-9 total score 14 (2024-05-01)"
    assert "Item: Question 1: 1\n" in made.text()
    assert "Item: Question 2: not held" in made.text()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"valueQuantity": {"value": 0.70, "unit": "mmol/L", "comparator": "<"}}, "X < 0.7 mmol/L"),
        ({"valueQuantity": {"value": 90, "unit": "%"}}, "X 90%"),
        ({"valueCodeableConcept": a_concept("Former smoker")}, "X: Former smoker"),
        ({"valueString": "3 drinks, says patient"}, "X: 3 drinks, says patient"),
        ({"valueBoolean": False}, "X: no"),
        ({"valueInteger": 0}, "X 0"),
        (
            {"valueRange": {"low": {"value": 1, "unit": "d"}, "high": {"value": 2, "unit": "d"}}},
            "X: 1 to 2 d",
        ),
        ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 8}}}, "X: 1 per 8"),
        ({"valueSampledData": {"data": "1 2 3"}}, "X: 3 sampled points"),
        ({"valueTime": "12:30:00"}, "X: 12:30:00"),
        ({"valueDateTime": "2024-05-01T10:30:00-05:00"}, "X: 2024-05-01 10:30 -05:00"),
        ({"valuePeriod": {"start": "2024-01", "end": "2024-02"}}, "X: 2024-01 to 2024-02"),
        ({"dataAbsentReason": a_concept("declined")}, "X: not given (declined)"),
        ({}, "X: no result given"),
    ],
)
def test_every_kind_of_value_is_shown(value, shown):
    observation = a_record("Observation", status="final", code=a_concept("X"), **value)
    assert headline(observation) == shown


def test_a_number_keeps_the_digits_that_were_sent():
    text = '{"resourceType":"Observation","code":{"text":"TSH"},"valueQuantity":{"value":2.50}}'
    assert headline(wire.parse(text)) == "TSH 2.50"


def test_interpretation_and_range_are_told():
    lithium = a_record(
        "Observation",
        status="preliminary",
        code=a_concept("Lithium"),
        valueQuantity={"value": 1.4, "unit": "mmol/L"},
        interpretation=[coded("HH")],
        referenceRange=[
            {
                "low": {"value": 0.6, "unit": "mmol/L"},
                "high": {"value": 1, "unit": "mmol/L"},
                "type": a_concept("trough"),
            }
        ],
    )
    made = rendered(lithium)
    assert made.headline == "Lithium 1.4 mmol/L (critically high; preliminary)"
    assert "Reference range: 0.6 to 1 mmol/L (trough)" in made.text()


def test_components_make_the_headline_of_a_panel():
    pressure = a_record(
        "Observation",
        status="final",
        code=a_concept("Blood pressure"),
        component=[
            {"code": a_concept("Systolic"), "valueQuantity": {"value": 120, "unit": "mmHg"}},
            {"code": a_concept("Diastolic"), "dataAbsentReason": a_concept("unknown")},
        ],
    )
    assert headline(pressure) == (
        "Blood pressure: Systolic: 120 mmHg; Diastolic: not given (unknown)"
    )


def test_an_encounter_says_kind_reason_and_how_it_ended():
    stay = a_record(
        "Encounter",
        status="finished",
        **{"class": {"code": "IMP"}},
        type=[a_concept("Psychiatric admission")],
        reasonCode=[a_concept("suicidal ideation")],
        period={"start": "2024-03-02T22:00:00-05:00", "end": "2024-03-09T11:00:00-05:00"},
        hospitalization={"dischargeDisposition": a_concept("home")},
    )
    made = rendered(stay)
    assert made.headline == (
        "Inpatient stay: Psychiatric admission, for suicidal ideation (2024-03-02 to 2024-03-09)"
    )
    assert "Discharged to: home" in made.text()


def test_a_consent_says_what_it_denies():
    consent = a_record(
        "Consent",
        status="active",
        scope=a_concept("privacy"),
        dateTime="2024-01-01",
        provision={
            "type": "deny",
            "securityLabel": [{"code": "SUD", "display": "substance use"}],
            "actor": [{"reference": {"display": "Northfield Clinic"}}],
            "provision": [{"type": "permit", "purpose": [{"display": "emergency"}]}],
        },
    )
    assert headline(consent) == (
        "Consent (privacy): denies labelled substance use to Northfield Clinic; "
        "except: permits for emergency (active; 2024-01-01)"
    )


def test_a_relatives_illness_begins_with_the_relative():
    aunt = a_record(
        "FamilyMemberHistory",
        status="completed",
        relationship=a_concept("aunt"),
        condition=[
            {"code": a_concept("bipolar disorder"), "onsetAge": {"value": 20, "unit": "years"}}
        ],
    )
    assert headline(aunt) == "Family history, aunt: bipolar disorder (onset 20 years)"


def test_every_answer_of_a_questionnaire_is_there():
    response = a_record(
        "QuestionnaireResponse",
        status="completed",
        authored="2024-05-01",
        questionnaire="https://forms.test/Questionnaire/phq9|2",
        item=[
            {
                "linkId": "g",
                "text": "Group",
                "item": [
                    {
                        "linkId": "1",
                        "text": "Little interest",
                        "answer": [
                            {
                                "valueCoding": {"display": "Several days"},
                                "item": [
                                    {"text": "Since when?", "answer": [{"valueString": "May"}]}
                                ],
                            }
                        ],
                    },
                    {"linkId": "2", "text": "Total score", "answer": [{"valueDecimal": 9}]},
                ],
            }
        ],
    )
    made = rendered(response)
    assert made.headline == "Questionnaire phq9 (2024-05-01): Total score: 9"
    assert "Little interest: Several days\nSince when?: May\n" in (
        made.text().replace("Total score: 9\nSince when?: May", "Since when?: May")
    )


def test_a_patients_pronouns_and_preferred_name_are_kept():
    patient = a_patient(
        name=[{"use": "official", "text": "Ada Vane"}, {"use": "usual", "text": "Rowan"}],
        extension=[
            {
                "url": "http://hl7.org/fhir/StructureDefinition/individual-pronouns",
                "extension": [{"url": "value", "valueCodeableConcept": a_concept("they")}],
            }
        ],
    )
    text = rendered(patient).text()
    assert "Names: Ada Vane (official); Rowan (usual)" in text
    assert "Pronouns: they" in text


def test_a_note_begins_with_title_date_and_author():
    note = a_record(
        "DocumentReference",
        type=a_concept("Progress note"),
        date="2026-03-01T10:00:00-05:00",
        author=[{"reference": "Practitioner/d"}],
        content=[{"attachment": {"contentType": "text/plain", "data": "aGVsbG8="}}],
    )
    doctor = {
        "resourceType": "Practitioner",
        "id": "d",
        "name": [{"text": "Dr Roe"}],
        "qualification": [{"code": a_concept("Psychiatry")}],
    }
    made = rendered(note, doctor)
    assert made.text() == "Progress note, 2026-03-01, Dr Roe (Psychiatry)\n\nhello\n"
    assert (made.author, made.author_role) == ("Dr Roe", "Psychiatry")


def test_a_record_number_is_told_and_with_several_whose_each_is():
    number = {"type": {"coding": [{"code": "MR"}]}, "system": "urn:a", "value": "A-1"}
    other = number | {"system": "urn:b", "value": "B-2"}
    patient = {"resourceType": "Patient", "id": "p", "identifier": [number]}
    assert "MRN: A-1\n" in rendered(patient).text()
    assert (
        "MRN: A-1 (urn:a); B-2 (urn:b)\n"
        in rendered(patient | {"identifier": [number, other]}).text()
    )


def test_a_long_fraction_is_rounded_in_the_headline_and_kept_as_sent_below():
    made = rendered(
        {
            "resourceType": "Observation",
            "id": "o",
            "status": "final",
            "code": {"text": "BMI"},
            "valueQuantity": {"value": 24.37184956, "unit": "kg/m2"},
        }
    )
    assert made.headline == "BMI 24.37 kg/m2"
    assert "Value as sent: 24.37184956 kg/m2" in made.text()


def test_rounding_never_makes_a_small_value_nothing_nor_cuts_a_short_one():
    said = [str(words.rounded(v)) for v in (0.004271, 1.025, -3.14159, 7, 0.0000)]
    assert said == ["0.0043", "1.025", "-3.14", "7", "0.0"]
