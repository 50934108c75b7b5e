"""Restricted records are refused however they are marked; ordinary ones are not."""

import json
import time

import pytest

from service.access.decisions import Purpose, decide_chart, may_use
from service.access.rules import Kind
from service.access.wording import withheld_words
from service.chart.models import SourceRecord
from service.summary.vocabulary import Role


def a_record(resource=None, **fields):
    given = {
        "id": "r1",
        "resource_ref": "Observation/1",
        "resource_type": "Observation",
        "title": "",
        "text": "",
        "labels": [],
        "is_note": False,
        "raw": json.dumps(resource or {}),
    }
    return SourceRecord(**given | fields)


def a_note(text, title="Progress note", **fields):
    return a_record(
        text=f"{title}, 2026-03-02, clinician\n\n{text}",
        title=title,
        is_note=True,
        **{"resource_type": "DocumentReference", "resource_ref": "DocumentReference/1"} | fields,
    )


def decided(record, purpose=Purpose.INDEX):
    return may_use(record, purpose=purpose)


@pytest.mark.parametrize("label", ["PSYTHPN", "42CFRPart2", "42cfrpart2", "V", "42CFRPart2CD"])
@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_restricted_label_is_refused_for_every_purpose(label, purpose):
    assert not decided(a_record(labels=["R", label]), purpose).allowed


@pytest.mark.parametrize("label", ["U", "R", "N", "PROCESSINLINELABEL", "AIAST", "ENCRYPTT"])
def test_ordinary_confidentiality_and_handling_marks_withhold_nothing(label):
    decision = decided(a_record(labels=[label]))
    assert decision.allowed
    assert decision.labels == (label,)


@pytest.mark.parametrize(
    "label",
    [
        *("ETH", "HIV", "SDV", "MH", "SUD", "TBOO", "PDS", "SEX", "STD", "ADOL", "BH", "OPIOIDUD"),
        *("Title38Section7332", "HIPAAPsyNotes", "HOUSE-RULE-7", "Opioid clinic", "機密"),
    ],
)
def test_a_sensitivity_code_or_one_that_nobody_knows_is_withheld_without_consent(label):
    for purpose in Purpose:
        assert not decided(a_record(labels=["N", label]), purpose).allowed


LABEL = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "42CFRPart2"}
SEC = "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-"


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "Condition", "meta": {"security": [LABEL]}},
        {
            "resourceType": "MedicationRequest",
            "meta": {
                "security": [
                    {
                        "code": "ETH",
                        "extension": [{"url": SEC + "sec-label-basis", "valueCoding": LABEL}],
                    },
                ]
            },
        },
        {
            "resourceType": "Condition",
            "code": {"extension": [{"url": SEC + "inline-sec-label", "valueCoding": LABEL}]},
        },
        {"resourceType": "DocumentReference", "securityLabel": [{"coding": [LABEL]}]},
        {"resourceType": "Composition", "confidentiality": "V"},
        {"resourceType": "Observation", "contained": [{"meta": {"security": [LABEL]}}]},
        {
            "resourceType": "Observation",
            "contained": [
                {"contained": [{"code": [{"url": SEC + "inline-sec-label", "valueCoding": LABEL}]}]}
            ],
        },
        {"resourceType": "DocumentReference", "securityLabel": [{"text": "Restricted: therapist"}]},
        {"resourceType": "Condition", "meta": {"security": [{"display": "substance use"}]}},
    ],
)
def test_a_label_counts_wherever_fhir_lets_it_stand(resource):
    assert not decided(a_record(resource)).allowed


def test_a_consent_that_names_a_label_is_not_labelled_by_it():
    consent = {"resourceType": "Consent", "provision": {"securityLabel": [LABEL]}}
    assert decided(a_record(consent)).allowed


def test_an_unreadable_resource_is_decided_by_what_was_kept():
    assert not decided(a_record(raw="{broken", labels=["PSYTHPN"])).allowed


RESTRICTED_WORDS = [
    ("PSYCHOTHERAPY PROCESS NOTE\nShe spoke of her father.", Kind.PSYCHOTHERAPY),
    ("Psychotherapy note (kept separate from the medical record)\nDream.", Kind.PSYCHOTHERAPY),
    ("Subjective: ok.\n\nProcess note:\nWept at the end.", Kind.PSYCHOTHERAPY),
    ("Long silence.\nCountertransference: irritation.", Kind.PSYCHOTHERAPY),
    ("x " * 400 + "This is a psychotherapy\nnote.", Kind.PSYCHOTHERAPY),
    ("These pages are not part of the medical record.", Kind.PSYCHOTHERAPY),
    ("Group.\n42 CFR Part 2 prohibits unauthorized disclosure of these records.", Kind.PART_2),
    ("Attended IOP. Protected by 42 C.F.R. Part 2.", Kind.PART_2),
    ("Attended. Federal rules prohibit you from making any further disclosure.", Kind.PART_2),
    ("PROHIBITION ON RE-DISCLOSURE\nThis information ...", Kind.PART_2),
    ("Substance use disorder counselling note\nTriggers discussed.", Kind.PART_2),
    ("S: craving\n42\u200b CFR Part\u00a02 applies", Kind.PART_2),
]


@pytest.mark.parametrize(("text", "kind"), RESTRICTED_WORDS)
def test_an_unlabelled_note_is_refused_by_its_own_words(text, kind):
    decision = decided(a_note(text))
    assert not decision.allowed
    assert kind in decision.kinds
    assert decision.reason


ORDINARY_WORDS = [
    "Psychotherapy: CBT, 45 min, working on avoidance.",
    "Therapy progress note. Behavioural activation. PHQ-9 12.",
    "Substance use counselling offered; declined.",
    "Psychotherapy notes are kept separately.",
    "Alcohol use disorder in remission, AUDIT-C 1.",
    "Not subject to 42 CFR Part 2.",
    "Due process explained. Notes reviewed.",
    "Stage 2 hypertension; part 2 of the vaccine series given.",
    "Discussed with counsellor Note: BP 120/80.",
    "Federal law was discussed in court.",
]


@pytest.mark.parametrize("text", ORDINARY_WORDS)
def test_a_note_that_only_mentions_such_care_is_used(text):
    assert decided(a_note("A " * 300 + "\n" + text)).allowed
    assert decided(a_note(text)).allowed


def test_the_name_of_the_document_type_is_read_where_the_title_hides_it():
    resource = {"type": {"coding": [{"display": "Psychotherapy note"}]}}
    assert not decided(a_note("Session 4.", title="Untitled", raw=json.dumps(resource))).allowed


def test_labels_are_handed_down_from_episode_and_encounter():
    episode = a_record(
        {"meta": {"security": [LABEL]}},
        id="e",
        resource_ref="EpisodeOfCare/1",
        resource_type="EpisodeOfCare",
    )
    visit = a_record(
        {"episodeOfCare": [{"reference": "EpisodeOfCare/1"}]},
        id="v",
        refers_to={"EpisodeOfCare/1": "EpisodeOfCare/1"},
        resource_ref="Encounter/1",
        resource_type="Encounter",
        encounter_ref="Encounter/1",
    )
    inside = a_note("Ordinary words.", id="n", encounter_ref="Encounter/1")
    outside = a_note(
        "Ordinary words.",
        id="o",
        encounter_ref="Encounter/2",
        resource_ref="DocumentReference/2",
    )
    made = decide_chart([episode, visit, inside, outside], purpose=Purpose.PROMPT)
    assert {k: d.allowed for k, d in made.items()} == {
        "e": False,
        "v": False,
        "n": False,
        "o": True,
    }


def test_the_reason_quotes_nothing_from_the_chart():
    decision = decided(a_note("Psychotherapy process note\nMarigold spoke of her uncle."))
    assert "Marigold" not in decision.reason


def test_every_labelled_resource_of_the_ds4p_samples_is_decided_by_its_labels(shared_data):
    bundle = json.loads((shared_data / "shift-ds4p" / "1Asample.json").read_text())
    for resource in (entry["resource"] for entry in bundle["entry"]):
        codes = {c["code"] for c in resource.get("meta", {}).get("security", [])}
        assert decided(a_record(resource)).allowed is not bool(codes - {"N", "R"})


def test_only_a_treating_clinician_learns_that_something_was_withheld():
    assert withheld_words(2, Role.CLINICIAN) == "2 restricted records were not used."
    assert withheld_words(1, Role.ATTENDING) == "1 restricted record was not used."
    assert withheld_words(0, Role.CLINICIAN) == ""
    for role in (Role.QA, Role.IT, Role.SERVICE, None):
        assert withheld_words(0, role) == withheld_words(5, role)


@pytest.mark.parametrize("hidden", ["\u00ad", "\u2066", "\u202e", "\u061c", "\U000e0041", "\ufe0f"])
def test_what_shows_nothing_hides_no_phrase_in_text_or_title(hidden):
    phrase = f"psycho{hidden}therapy process{hidden} note"
    assert not decided(a_note(f"{phrase}\nTalked about the week.")).allowed
    assert not decided(a_note("Talked about the week.", title=phrase)).allowed


def test_a_note_of_blank_lines_is_decided_in_a_moment():
    note = a_note("Slept well." + "\n" * 200_000 + "- \n" * 50_000 + "Psychotherapy note:")
    began = time.thread_time()
    assert not decided(note).allowed
    assert time.thread_time() - began < 5
