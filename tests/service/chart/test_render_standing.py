"""What changes the meaning of a record stands in its headline: none is told as more than it is."""

import pytest

from service.chart.render.registry import render
from service.chart.render.scene import Scene
from tests.service.chart.builders import a_concept, a_patient, a_record


def headline(resource, *others):
    held = {f"{r['resourceType']}/{r['id']}": r for r in others}
    return render(Scene(resource, find=held.get)).headline


def coded(*codes):
    return {"coding": [{"code": code} for code in codes]}


def an_order(**elements):
    order = {
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": a_concept("Lithium"),
    }
    return a_record("MedicationRequest", **(order | elements))


def repeats(**repeat):
    return {"timing": {"repeat": repeat}}


DAILY = repeats(frequency=1, period=1, periodUnit="d")
WEEKLY = repeats(frequency=1, period=1, periodUnit="wk")
TEN = {"doseAndRate": [{"doseQuantity": {"value": 10, "unit": "mg"}}]}


@pytest.mark.parametrize(
    ("dosage", "shown"),
    [
        ({"text": "as directed", **WEEKLY, **TEN}, "as directed, 10 mg, once weekly"),
        ({"text": "10 mg daily", **DAILY, **TEN}, "10 mg daily"),
        ({"text": "10 mg daily", **WEEKLY, **TEN}, "10 mg daily, once weekly"),
        ({"text": "one tablet nightly", **DAILY}, "one tablet nightly"),
        (
            {"text": "1 tab q4h prn", "asNeededBoolean": True}
            | repeats(frequency=1, period=4, periodUnit="h"),
            "1 tab q4h prn",
        ),
        ({"text": "2 tablets", "asNeededBoolean": True}, "2 tablets, as needed"),
        ({"text": "by mouth", "route": a_concept("Oral route")}, "by mouth"),
        ({"text": "monthly", "route": a_concept("Intramuscular")}, "monthly, Intramuscular"),
        (
            {"text": "take it", "additionalInstruction": [a_concept("ONCE A WEEK ONLY")]},
            "take it, ONCE A WEEK ONLY",
        ),
        (
            repeats(frequency=1, frequencyMax=3, period=4, periodMax=6, periodUnit="h"),
            "1 to 3 times every 4 to 6 hours",
        ),
        (
            repeats(frequency=1, period=1, periodUnit="d", dayOfWeek=["mon", "thu"]),
            "once daily, on Monday, Thursday",
        ),
        (
            repeats(frequency=1, period=1, periodUnit="d", timeOfDay=["08:00:00"]),
            "once daily, at 08:00",
        ),
        (repeats(boundsDuration={"value": 7, "unit": "d"}, **DAILY["timing"]["repeat"]), "for 7 d"),
        (repeats(boundsPeriod={"start": "2009-03-01", "end": "2009-03-08"}), "to 2009-03-08"),
        (repeats(when=["PCV"]), "after dinner"),
        (
            {
                "maxDosePerPeriod": {
                    "numerator": {"value": 1200, "unit": "mg"},
                    "denominator": {"value": 12, "unit": "h"},
                }
            },
            "at most 1200 mg per 12 hours",
        ),
    ],
)
def test_a_dosage_tells_its_text_and_what_its_codes_add(dosage, shown):
    told = headline(an_order(dosageInstruction=[dosage]))
    assert shown in told
    assert told.endswith(f"{shown} (active)")


def test_steps_are_told_in_their_sequence_and_others_side_by_side():
    steps = [{"sequence": 2, "text": "then 5 mg"}, {"sequence": 1, "text": "10 mg"}]
    assert headline(an_order(dosageInstruction=steps)) == "Lithium, 10 mg; then 5 mg (active)"
    beside = [{"text": "300 mg in the morning"}, {"text": "600 mg at night"}]
    assert "300 mg in the morning; and 600 mg at night" in headline(
        an_order(dosageInstruction=beside)
    )


@pytest.mark.parametrize(
    ("elements", "shown"),
    [
        ({"intent": "proposal"}, "Proposed, not ordered: Lithium (proposal)"),
        ({"intent": "plan"}, "Planned, not ordered: Lithium (plan)"),
        ({"intent": "option"}, "An option, not ordered: Lithium (option)"),
        ({"intent": "proposal", "doNotPerform": True}, "Do not give: Lithium (proposal)"),
        ({"status": "unknown"}, "Lithium (status unknown)"),
        (
            {"dispenseRequest": {"validityPeriod": {"end": "2010-04-01"}}},
            "Lithium (active; valid until 2010-04-01)",
        ),
    ],
)
def test_an_order_that_is_none_says_so_first(elements, shown):
    assert headline(an_order(**elements)) == shown


def test_the_status_of_a_proposal_is_not_that_of_an_order():
    assert render(Scene(an_order(intent="proposal"))).status == "proposal"
    assert render(Scene(an_order())).status == "active"


@pytest.mark.parametrize(
    ("medicine", "shown"),
    [
        (
            {"medicationReference": {"identifier": {"system": "urn:x", "value": "78"}}},
            "Medicine that is not named (identifier 78 of urn:x)",
        ),
        (
            {"medicationReference": {"reference": "Medication/9"}},
            "Medicine that is not named (Medication/9, which is not held)",
        ),
        (
            {
                "medicationCodeableConcept": {
                    "coding": [
                        {"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "311989"}
                    ]
                }
            },
            "Medicine that is not named (RxNorm 311989)",
        ),
    ],
)
def test_a_medicine_without_a_name_says_what_there_is_to_find_it_by(medicine, shown):
    order = an_order()
    del order["medicationCodeableConcept"]
    assert headline(order | medicine) == f"{shown} (active)"


@pytest.mark.parametrize(
    ("resource_type", "elements", "shown"),
    [
        (
            "MedicationAdministration",
            {"status": "not-done", "statusReason": [a_concept("declined")]},
            "Not given: Lithium (no date; because: declined)",
        ),
        ("MedicationAdministration", {"status": "stopped"}, "Stopped while being given: Lithium"),
        ("MedicationDispense", {"status": "declined"}, "Not dispensed: Lithium"),
    ],
)
def test_what_was_not_given_does_not_read_as_given(resource_type, elements, shown):
    given = a_record(resource_type, medicationCodeableConcept=a_concept("Lithium"), **elements)
    assert headline(given).startswith(shown)


@pytest.mark.parametrize(
    ("resource", "shown"),
    [
        (
            a_record(
                "Condition", code=a_concept("Asthma"), verificationStatus=coded("9", "refuted")
            ),
            "Refuted (does not have): Asthma",
        ),
        (
            a_record(
                "Condition", code=a_concept("Asthma"), verificationStatus=a_concept("Refuted")
            ),
            "Refuted (does not have): Asthma",
        ),
        (
            a_record("Condition", code=a_concept("Asthma"), category=[a_concept("Family history")]),
            "Family history: Asthma",
        ),
        (
            a_record("Condition", code=a_concept("Asthma"), clinicalStatus=coded("7", "resolved")),
            "Asthma (resolved)",
        ),
        (
            a_record("Flag", code=a_concept("Violence"), status="inactive"),
            "Flag no longer active: Violence (inactive)",
        ),
        (
            a_record("ServiceRequest", code=a_concept("Hold"), status="revoked", intent="order"),
            "Order no longer in force: Hold (revoked)",
        ),
        (
            a_record("ServiceRequest", code=a_concept("MRI"), status="active", intent="proposal"),
            "Proposed, not ordered: MRI (active, proposal)",
        ),
        (
            a_record(
                "Procedure",
                code=a_concept("ECT"),
                status="not-done",
                statusReason=a_concept("patient declined"),
            ),
            "Not done: ECT (not-done; because: patient declined)",
        ),
        (
            a_record("Observation", code=a_concept("SI"), focus=[{"display": "brother"}]),
            "About brother, not the patient: SI: no result given",
        ),
    ],
)
def test_what_stands_against_it_is_told_before_it(resource, shown):
    assert headline(resource) == shown


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        (a_concept("NKA"), "No known allergies (written: NKA)"),
        (a_concept("NKDA"), "No known drug allergies (written: NKDA)"),
        (a_concept("None known"), "No known allergies (written: None known)"),
        (a_concept("No known food allergies"), "No known food allergies"),
        (a_concept("Not asked"), "Unknown whether allergies (written: Not asked)"),
        (coded("local", "716186003"), "No known allergies (written: local)"),
    ],
)
def test_no_allergy_however_written_is_no_allergy(code, shown):
    allergy = a_record("AllergyIntolerance", code=code, clinicalStatus=coded("active"))
    assert headline(allergy) == f"{shown}; active"


@pytest.mark.parametrize(
    ("url", "value", "start"),
    [
        ("http://x/isNegated", True, "Refuted (marked as negated): Asthma"),
        ("http://x/isNegated", False, "Asthma"),
        ("http://x/odd", True, "Not to be taken as it stands (modified by: odd): Asthma"),
    ],
)
def test_a_modifier_is_never_passed_over(url, value, start):
    modified = a_record(
        "Condition",
        code=a_concept("Asthma"),
        modifierExtension=[{"url": url, "valueBoolean": value}],
    )
    assert headline(modified).startswith(start)


def test_a_revoked_plan_says_so_with_each_of_its_steps():
    plan = a_record(
        "CarePlan",
        title="Safety plan",
        status="revoked",
        activity=[{"detail": {"description": "Call ex-husband"}}],
    )
    text = render(Scene(plan)).text()
    assert text.startswith("No longer in force (revoked): Care plan, Safety plan")
    assert "Activity: Call ex-husband (plan revoked)" in text


def answered(*answers):
    items = [
        {"text": question, "answer": [{"valueCoding": {"display": answer}}]}
        for question, answer in answers
    ]
    return a_record(
        "QuestionnaireResponse", status="completed", questionnaire="urn/Q/screen", item=items
    )


def test_a_questionnaires_headline_tells_levels_and_what_was_affirmed():
    screen = answered(("Thoughts of killing yourself", "Yes"), ("Risk level", "High"), ("A", "No"))
    assert headline(screen) == (
        "Questionnaire screen: Risk level: High; Thoughts of killing yourself: Yes"
    )
    often = answered(("Better off dead", "Several days"), ("Little interest", "Not at all"))
    assert headline(often).endswith(": Better off dead: Several days")
    denied = answered(("Thoughts of killing yourself", "No"), ("Any plan", "No"))
    assert headline(denied).endswith(": all 2 answers: No")


def test_items_of_a_panel_and_results_of_a_report_keep_flag_and_status():
    level = a_record(
        "Observation",
        "l",
        status="preliminary",
        code=a_concept("Lithium"),
        valueQuantity={"value": 2.4, "unit": "mmol/L"},
        interpretation=[coded("local", "HH")],
    )
    report = a_record(
        "DiagnosticReport",
        status="final",
        code=a_concept("Panel"),
        result=[{"reference": "Observation/l"}],
    )
    shown = "Lithium: 2.4 mmol/L (critically high; preliminary)"
    assert headline(report, level) == f"Panel: {shown}"
    panel = a_record(
        "Observation", "p", code=a_concept("Panel"), hasMember=[{"reference": "Observation/l"}]
    )
    assert headline(panel, level) == f"Panel: {shown}"


def test_a_patient_goes_by_the_usual_name_and_an_interpreter_is_told():
    patient = a_patient(
        name=[{"use": "official", "text": "Ada Vane"}, {"use": "usual", "text": "Rowan"}],
        extension=[
            {
                "url": "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired",
                "valueBoolean": True,
            }
        ],
        deceasedDateTime="2026-03-01",
    )
    text = render(Scene(patient)).text()
    assert "Patient: Ada Vane (usual name Rowan; " in text
    assert "died 2026-03-01" in text
    assert "Interpreter: needed" in text


@pytest.mark.parametrize("form", ["PHQ-9", "GAD-7", "EPDS"])
def test_the_headline_of_a_form_is_its_total_and_what_tells_of_harm(form):
    def answer(question, said):
        return {"code": a_concept(question), "valueCodeableConcept": a_concept(said)}

    total = {"code": a_concept(f"{form} total score"), "valueInteger": 9}
    answers = [answer("Little interest", "Several days (1)"), answer("Sleep", "Not at all (0)")]
    for harm, told in (("Not at all (0)", ""), ("Several days (1)", "; Better off dead: Several")):
        items = [*answers, answer("Better off dead", harm), total]
        panel = a_record("Observation", code=a_concept(f"{form} panel"), component=items)
        assert headline(panel).startswith(f"{form} panel: {form} total score: 9{told}")
        assert "Little interest" not in headline(panel)
        assert "Item: Little interest: Several days (1)\n" in render(Scene(panel)).text()


@pytest.mark.parametrize(
    ("codes", "told"),
    [
        (["H>"], "significantly high"),
        (["RR"], "reactive"),
        (["NR"], "non-reactive"),
        (["IND"], "indeterminate"),
        (["N", "LL"], "critically low"),
        (["S"], "susceptible"),
    ],
)
def test_a_flag_is_told_in_words(codes, told):
    given = [{"coding": [{"code": code} for code in codes]}]
    result = a_record("Observation", code=a_concept("Zinc"), interpretation=given, valueInteger=1)
    assert f"({told})" in headline(result)


def a_screen(*questions):
    item = [{"text": each, "answer": [{"valueBoolean": False}]} for each in questions]
    return a_record("QuestionnaireResponse", questionnaire="https://forms.test/Screen", item=item)


HARM = ("Have you had thoughts of suicide?", "Have you hurt yourself?")


@pytest.mark.parametrize(
    "asked",
    [
        "Do you feel safe at home?",
        "Do you have someone you can call in a crisis?",
        "Do you have reasons to live?",
        "Do you have enough support?",
    ],
)
def test_a_no_that_is_the_danger_is_not_lost_among_the_others(asked):
    told = headline(a_screen(asked, *HARM))
    assert told == f"Questionnaire Screen: {asked}: no; all 2 other answers: No"


@pytest.mark.parametrize("asked", ["Do you feel unsafe at home?", "Has anyone threatened you?"])
def test_a_no_that_reassures_is_counted(asked):
    assert headline(a_screen(asked, *HARM)) == "Questionnaire Screen: all 3 answers: No"
