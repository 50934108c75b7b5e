"""Measurements, scores, findings, reports and answers as assertions."""

import pytest

from tests.service.reading.resources.builders import (
    a_coding,
    a_name,
    a_resource,
    an_amount,
    read,
    says,
)


def an_observation(name="Lithium level", **elements):
    return a_resource("Observation", **({"status": "final", "code": a_name(name)} | elements))


@pytest.mark.parametrize(
    ("observation", "wanted"),
    [
        (
            an_observation(valueQuantity=an_amount(0.8, "mmol/L"), effectiveDateTime="2026-01-01"),
            "measurement & lithium-level & level=('molar', 0.8) & on-2026-01-01",
        ),
        (
            an_observation("Lithium [Moles/volume] in Serum", valueQuantity=an_amount(1, "mmol/L")),
            "lithium-level & level=('molar', 1.0)",
        ),
        (an_observation("PHQ-9 total score", valueInteger=14), "score & phq-9 & score=14.0"),
        (an_observation("PHQ-9 total score", valueInteger=0), "score=0.0"),
        (
            an_observation(valueQuantity={"value": 0.2, "unit": "mmol/L", "comparator": "<"}),
            "level< & level=('molar', 0.2)",
        ),
        (
            an_observation(
                valueRange={"low": an_amount(1, "mmol/L"), "high": an_amount(2, "mmol/L")}
            ),
            "level=('molar', 1.0, 2.0)",
        ),
        (an_observation(valueString="0.8 mmol/L"), "level=('molar', 0.8)"),
        (
            an_observation(interpretation=[a_coding("local", "HH")], valueInteger=3),
            "flag=critically high",
        ),
        (an_observation(interpretation=[a_name("Abnormal")], valueInteger=3), "flag=abnormal"),
        (
            an_observation(
                valueInteger=1,
                referenceRange=[{"low": an_amount(0.6, "mmol/L"), "high": an_amount(1, "mmol/L")}],
            ),
            "range=('molar', 0.6, 1.0)",
        ),
        (an_observation(status="preliminary", valueInteger=3), "status=preliminary & affirmed"),
        (an_observation(status="cancelled", valueInteger=3), "unknown"),
        (an_observation(status="entered-in-error", valueInteger=3), "gone"),
        (
            an_observation(dataAbsentReason=a_name("Asked but declined")),
            "unknown & reason=asked but declined",
        ),
        (an_observation("Suicidal ideation", valueBoolean=True), "risk & affirmed"),
        (an_observation("Suicidal ideation", valueBoolean=False), "risk & negated"),
        (an_observation("Suicidal ideation", valueCodeableConcept=a_name("Present")), "affirmed"),
        (an_observation("Suicidal ideation", valueCodeableConcept=a_name("Denies")), "negated"),
        (an_observation("Suicidal ideation", valueCodeableConcept=a_name("Not asked")), "unknown"),
        (an_observation("Suicidal ideation", valueCodeableConcept=a_coding("LA32-8")), "negated"),
        (an_observation("Suicide risk", valueCodeableConcept=a_name("High")), "level=high"),
        (an_observation("Cocaine screen", interpretation=[a_coding("NEG")]), "negated"),
        (an_observation("Suicidal ideation", focus=[{"display": "brother"}]), "brother"),
    ],
)
def test_an_observation_says_what_was_found(observation, wanted):
    assert says(observation, wanted)


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ("Never smoked tobacco (finding)", "negated & ever"),
        ("Ex-smoker (finding)", "affirmed & past"),
        ("Former smoker", "affirmed & past"),
        ("Smokes tobacco daily (finding)", "affirmed & now"),
        ("Unknown if ever smoked", "unknown"),
        ("Tobacco smoking consumption unknown", "unknown"),
    ],
)
def test_the_first_words_of_an_answer_count(answer, wanted):
    status = an_observation("Tobacco smoking status", valueCodeableConcept=a_name(answer))
    assert says(status, f"substance & tobacco & {wanted}")


def test_an_answer_about_something_else_leaves_the_question_alone():
    culture = an_observation("Throat culture", valueCodeableConcept=a_name("No growth"))
    assert not says(culture, "negated")


def test_a_negative_screen_denies_the_substance():
    screen = an_observation("Amphetamine screen, urine", valueString="Not detected")
    assert says(screen, "amphetamine & negated")


def test_blood_pressure_is_one_value_as_in_a_note():
    pressure = an_observation(
        "Blood pressure",
        component=[
            {"code": a_coding("8480-6"), "valueQuantity": an_amount(120, "mmHg")},
            {"code": a_coding("8462-4"), "valueQuantity": an_amount(80, "mmHg")},
        ],
    )
    assert says(pressure, "blood-pressure & level=('pressure', 120.0, 80.0)")


def test_none_of_a_question_of_risk_denies_it():
    item9 = {"coding": [{"system": "http://loinc.org", "code": "44260-8"}], "text": "Item 9"}
    assert says(an_observation(code=item9, valueInteger=0), "suicidal-ideation & negated")
    assert says(an_observation(code=item9, valueInteger=2), "suicidal-ideation & affirmed")


@pytest.mark.parametrize(
    ("focus", "whose"),
    [
        ({"reference": "Patient/1"}, "patient"),
        ({"reference": "Patient/2", "display": "fetus"}, "fetus"),
        ({"reference": "RelatedPerson/r"}, "mother"),
        ({"reference": "Encounter/9"}, "patient"),
    ],
)
def test_it_is_of_whom_the_focus_says(focus, whose):
    mother = {"resourceType": "RelatedPerson", "id": "r", "relationship": [a_name("Mother")]}
    observation = an_observation("Suicidal ideation", valueBoolean=True, focus=[focus])
    assert says(observation, f"suicidal-ideation & {whose}", mother)
    assert whose == "patient" or not says(observation, "patient", mother)


def test_items_of_a_panel_are_read_each_and_the_panel_itself_is_not():
    panel = an_observation(
        "Blood pressure",
        component=[
            {"code": a_name("Systolic blood pressure"), "valueQuantity": an_amount(120, "mmHg")},
            {"code": a_name("Diastolic blood pressure"), "dataAbsentReason": a_coding("unknown")},
        ],
    )
    assert says(panel, "measurement & level=('pressure', 120.0)")
    assert says(panel, "measurement & unknown")
    item = an_observation("Suicidal ideation", valueBoolean=True) | {"id": "2"}
    of_members = an_observation("Screen", hasMember=[{"reference": "Observation/2"}])
    assert says(of_members, "risk & suicidal-ideation & affirmed", item)


@pytest.mark.parametrize(
    ("link", "question", "answer", "wanted"),
    [
        ("1", "Have you actually had any thoughts of killing yourself?", "Yes", "risk & affirmed"),
        ("1", "Have you actually had any thoughts of killing yourself?", "No", "risk & negated"),
        ("/93247-5", "Q2", "Yes", "risk & suicidal-ideation & affirmed"),
        ("/44260-8", "Item 9", "Several days", "risk & suicidal-ideation & affirmed"),
        ("/44260-8", "Item 9", "Not at all", "risk & suicidal-ideation & negated"),
        ("9", "Thoughts that you would be better off dead", "Nearly every day", "risk & affirmed"),
        ("10", "The thought of harming myself", "Sometimes", "risk & self-harm-urges & affirmed"),
        ("7", "Have you harmed yourself?", "Yes", "risk & self-harm & affirmed"),
        ("/93374-7", "Suicide risk level", "High", "risk & level=high"),
        ("x", "Access to firearms", "Declined to answer", "risk & unknown"),
    ],
)
def test_an_answer_to_a_question_of_risk_is_a_risk_with_its_date(link, question, answer, wanted):
    item = {"linkId": link, "text": question, "answer": [{"valueCoding": {"display": answer}}]}
    response = a_resource(
        "QuestionnaireResponse", status="completed", authored="2026-05-01", item=[item]
    )
    assert says(response, f"{wanted} & on-2026-05-01 & says-patient")


def test_answers_inside_answers_and_numbers_are_read():
    inner = {"linkId": "b", "text": "PHQ-9 total score", "answer": [{"valueInteger": 21}]}
    outer = {"linkId": "a", "text": "Done?", "answer": [{"valueBoolean": True, "item": [inner]}]}
    response = a_resource("QuestionnaireResponse", status="completed", item=[outer])
    assert says(response, "score & phq-9 & score=21.0")
    item9 = {"linkId": "44260-8", "text": "Item 9", "answer": [{"valueInteger": 0}]}
    assert says(a_resource("QuestionnaireResponse", item=[item9]), "risk & negated")


def test_a_report_says_how_final_it_is_and_what_it_concludes():
    report = a_resource(
        "DiagnosticReport",
        status="preliminary",
        code=a_name("CT head"),
        conclusionCode=[a_name("Possible subdural haematoma")],
        result=[{"reference": "Observation/2"}],
    )
    level = an_observation(valueQuantity=an_amount(2.4, "mmol/L")) | {"id": "2"}
    assert says(report, "procedure & taken & status=preliminary", level)
    assert says(report, "problem & possible", level)
    assert says(report, "lithium-level & level=('molar', 2.4)", level)


def test_an_item_of_a_panel_keeps_its_own_date_status_and_person():
    item = an_observation(
        "Suicidal ideation",
        valueBoolean=True,
        status="preliminary",
        effectiveDateTime="2026-02-02",
        focus=[{"display": "brother"}],
    )
    panel = an_observation(
        "Screen", hasMember=[{"reference": "Observation/2"}], effectiveDateTime="2026-05-05"
    )
    wanted = "suicidal-ideation & brother & on-2026-02-02 & status=preliminary"
    assert says(panel, wanted, item | {"id": "2"})


def test_the_total_that_a_panel_holds_is_read_where_the_text_has_its_item():
    total = {"code": a_name("PHQ-9 total score"), "valueInteger": 9}
    panel = an_observation("PHQ-9 panel", component=[total])
    scores = [each for each in read(panel) if each.concept.key == "phq-9"]
    assert [each.start for each in scores] == [len("PHQ-9 panel: ")]


@pytest.mark.parametrize(
    ("asked", "said", "wanted"),
    [
        ("Pregnancy status", "Not pregnant", "pregnancy & negated"),
        ("Pregnancy status", "Pregnant", "pregnancy & affirmed & now"),
        ("Pregnancy status", "Postpartum", "pregnancy & unknown"),
        ("Legal status", "Voluntary", "involuntary-hold & negated"),
        ("Legal status", "Voluntary", "voluntary-status & affirmed & now"),
        ("Legal status", "Involuntary hold (5150)", "involuntary-hold & affirmed & now"),
        ("Decision-making capacity", "Lacks capacity", "capacity & negated"),
        ("Decision-making capacity", "Impaired", "capacity & negated"),
        ("Decision-making capacity", "Intact", "capacity & affirmed"),
        ("Guardianship", "Revoked", "guardianship & negated"),
        ("Opioid use", "Never used", "opioid & negated"),
        ("Opioid use", "Daily", "opioid & affirmed & now"),
        ("Opioid use", "Not sure", "opioid & unknown"),
        ("Intravenous drug use", "In the past", "injection-drug-use & affirmed & past"),
        ("Cannabis use", "Former user", "cannabis & affirmed & past"),
        ("Cannabis use", "See note", "cannabis & unknown"),
        ("Alcohol use", "Abstinent since 2020", "alcohol & negated"),
        ("Hallucinations", "Not present today", "hallucination & negated"),
        ("Hallucinations", "Command type", "hallucination & affirmed & now"),
        ("Suicidal ideation", "Denied by patient", "suicidal-ideation & negated"),
        ("Suicidal ideation", "Active with plan", "suicidal-ideation & affirmed & now"),
        ("Homelessness status", "Stably housed", "homelessness & negated"),
        ("Homelessness status", "Living in shelter", "homelessness & affirmed & now"),
        ("Tobacco smoking status", "Never smoked tobacco", "tobacco & negated & ever"),
    ],
)
def test_an_answer_in_words_says_how_the_thing_stands(asked, said, wanted):
    assert says(an_observation(asked, valueCodeableConcept=a_name(said)), wanted)


@pytest.mark.parametrize(
    ("asked", "said", "wanted"),
    [
        ("Cannabis use", "Former user", "cannabis & past"),
        ("Hallucinations", "Not present today", "hallucination & negated"),
        ("Opioid use", "Never used", "opioid & negated"),
    ],
)
def test_an_answer_of_a_form_says_so_too(asked, said, wanted):
    item = [{"linkId": "1", "text": asked, "answer": [{"valueString": said}]}]
    form = a_resource("QuestionnaireResponse", status="completed", item=item)
    assert says(form, wanted)


@pytest.mark.parametrize("name", ["Ethanol [Mass/volume] in Blood", "Cigarettes per day"])
def test_none_of_a_substance_denies_it(name):
    assert says(an_observation(name, valueQuantity=an_amount(0, "mg/dL")), "substance & negated")
    assert says(an_observation(name, valueQuantity=an_amount(3, "mg/dL")), "substance & affirmed")
