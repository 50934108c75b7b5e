"""Problems, allergies and family history as assertions."""

import pytest

from tests.service.reading.resources.builders import a_coding, a_name, a_resource, an_amount, says


def a_problem(name="Major depressive disorder", **elements):
    return a_resource("Condition", code=a_name(name), **elements)


@pytest.mark.parametrize(
    ("elements", "wanted"),
    [
        ({"clinicalStatus": a_coding("active")}, "problem & affirmed & now & status=active"),
        ({"clinicalStatus": a_coding("relapse")}, "now"),
        ({"clinicalStatus": a_coding("resolved")}, "past"),
        ({"clinicalStatus": a_coding("Z9", "remission")}, "past & status=remission"),
        ({"clinicalStatus": a_name("Inactive")}, "past"),
        ({"abatementDateTime": "2020-01-02"}, "past & until=2020-01-02"),
        ({"abatementBoolean": False}, "now"),
        ({"clinicalStatus": a_coding("active"), "abatementString": "?"}, "now"),
        ({"verificationStatus": a_coding("refuted")}, "negated"),
        ({"verificationStatus": a_coding("99", "refuted")}, "negated"),
        ({"verificationStatus": a_name("Refuted")}, "negated"),
        ({"verificationStatus": a_coding("confirmed")}, "affirmed & sure"),
        ({"verificationStatus": a_coding("provisional")}, "affirmed & possible"),
        ({"verificationStatus": a_coding("differential")}, "possible"),
        ({"verificationStatus": a_coding("unconfirmed", "confirmed")}, "sure"),
        ({"verificationStatus": a_coding("entered-in-error")}, "gone"),
        ({"category": [a_name("Family history")]}, "family & ever"),
        ({"severity": a_name("Severe")}, "severity=severe"),
        ({"onsetDateTime": "2019-04"}, "from=2019-04 & on-2019-04"),
        ({"onsetAge": an_amount(20, "years")}, "age/onset"),
        ({"asserter": {"reference": "Patient/1"}}, "says-patient"),
    ],
)
def test_a_problem_says_whether_the_patient_has_it(elements, wanted):
    assert says(a_problem(**elements), wanted)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("History of suicide attempt (situation)", "risk & suicide-attempt & past & affirmed"),
        ("No history of asthma", "asthma & negated"),
        ("Suspected pneumonia", "pneumonia & possible"),
        ("Family history of asthma", "asthma & family"),
        ("No known problems", "problem & any & negated"),
        ("Major depressive disorder, in full remission", "major-depressive-disorder & past"),
        ("Pneumonia (ruled out)", "pneumonia & negated"),
        ("?PTSD", "problem & possible & affirmed"),
        ("Asthma - suspected", "asthma & possible"),
        ("Encounter for screening for depression", "depression & if"),
        ("At risk for self-harm", "self-harm & if"),
        ("Fall risk", "fall-risk & affirmed"),
        ("At risk of a fall", "fall & if"),
        ("At risk of a fall", "problem & at-risk-of-a-fall & affirmed & now"),
        ("Fear of flying", "problem & fear-of-flying & affirmed & now"),
        ("Need for assistance at home", "problem & need-for-assistance-at-home & now"),
        ("Zlotnik syndrome", "problem & zlotnik-syndrome & affirmed"),
    ],
)
def test_the_first_and_last_words_of_a_name_count(name, wanted):
    assert says(a_problem(name), wanted)


def test_two_denials_are_not_made_into_one():
    doubly = a_problem(
        verificationStatus=a_coding("refuted"),
        modifierExtension=[{"url": "http://x/isNegated", "valueBoolean": True}],
    )
    assert says(doubly, "unknown")


def an_allergy(name="Penicillin", **elements):
    return {"resourceType": "AllergyIntolerance", "id": "1", "code": a_name(name), **elements}


@pytest.mark.parametrize(
    ("allergy", "wanted"),
    [
        (an_allergy(), "allergy & penicillin & affirmed & ever"),
        (an_allergy(clinicalStatus=a_coding("resolved")), "penicillin & past"),
        (an_allergy(verificationStatus=a_coding("x", "refuted")), "penicillin & negated"),
        (an_allergy(type="intolerance", criticality="high"), "type=intolerance & criticality=high"),
        (
            an_allergy(reaction=[{"manifestation": [a_name("Anaphylaxis")], "severity": "severe"}]),
            "reaction=anaphylaxis & severity=severe",
        ),
        (an_allergy("NKDA"), "allergy & drug & negated"),
        (an_allergy("No known food allergies"), "allergy & food & negated"),
        (an_allergy("None"), "allergy & any & negated"),
        (an_allergy("Not asked"), "allergy & any & unknown"),
        (an_allergy("x", code=a_coding("local", "716186003")), "allergy & any & negated"),
        (
            {
                "resourceType": "AllergyIntolerance",
                "id": "1",
                "reaction": [{"substance": a_name("Codeine"), "manifestation": [a_name("rash")]}],
            },
            "allergy & codeine",
        ),
    ],
)
def test_an_allergy_and_that_there_is_none(allergy, wanted):
    assert says(allergy, wanted)


def test_no_known_allergy_affirms_nothing():
    assert not says(an_allergy("No known allergies"), "affirmed")


@pytest.mark.parametrize(
    ("elements", "wanted"),
    [
        ({"condition": [{"code": a_name("Asthma")}]}, "asthma & mother & affirmed & ever"),
        ({"condition": [{"code": a_name("No history of asthma")}]}, "asthma & mother & negated"),
        (
            {"condition": [{"code": a_name("Asthma"), "onsetAge": an_amount(20, "years")}]},
            "asthma & age/onset",
        ),
        (
            {"condition": [{"code": a_name("Asthma"), "contributedToDeath": True}]},
            "outcome=death",
        ),
        (
            {
                "condition": [
                    {
                        "code": a_name("Asthma"),
                        "modifierExtension": [{"url": "http://x/not", "valueBoolean": True}],
                    }
                ]
            },
            "asthma & mother & negated",
        ),
        ({"deceasedBoolean": True}, "event & death & mother"),
        ({"dataAbsentReason": a_coding("subject-unknown")}, "problem & any & unknown"),
    ],
)
def test_what_a_relative_had_is_the_relatives(elements, wanted):
    relative = a_resource(
        "FamilyMemberHistory", status="completed", relationship=a_name("Mother"), **elements
    )
    assert says(relative, wanted)
    assert not says(relative, "patient")


def test_a_relation_that_is_only_a_code_is_a_word():
    relative = a_resource(
        "FamilyMemberHistory",
        relationship=a_coding("MGRMTH"),
        condition=[{"code": a_name("Asthma")}],
    )
    assert says(relative, "asthma & maternal grandmother")
