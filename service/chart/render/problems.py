"""Problems, diagnoses, warnings and assessments."""

from collections.abc import Mapping
from typing import Any

from service.chart.render import dates, words
from service.chart.render.other import encounter_of
from service.chart.render.rendering import Rendering
from service.chart.render.scene import Scene

# A verification that changes what the words mean goes before them, never only behind.
_DOUBTS = {
    "refuted": "Refuted (does not have): ",
    "entered-in-error": "Entered in error: ",
    "unconfirmed": "Unconfirmed: ",
    "provisional": "Provisional: ",
    "differential": "Differential diagnosis: ",
}
_CLINICAL = ("active", "recurrence", "relapse", "inactive", "remission", "resolved")


def condition(scene: Scene) -> Rendering:
    """A problem or diagnosis: what, how certain, whether active, since when."""
    named = words.concept(scene.get("code")) or "Condition that is not named"
    clinical = words.known_code(scene.get("clinicalStatus"), _CLINICAL)
    verified = verification(scene)
    onset, end = _bound(scene, "onset", "since"), _bound(scene, "abatement", "until")
    severity = words.concept(scene.get("severity"))
    return Rendering(
        title=named,
        headline=_DOUBTS.get(verified, "")
        + ("Family history: " if _is_of_family(scene) else "")
        + named
        + words.in_brackets(
            words.joined((clinical, severity, verified if verified == "confirmed" else "")),
            onset,
            end,
        ),
        lines=[
            ("Recorded", dates.moment(scene.get("recordedDate"))),
            ("Verification", verified),
            (
                "Stage",
                words.joined(
                    words.concept(s.get("summary")) for s in words.each(scene.get("stage"))
                ),
            ),
            ("Body site", words.concepts(scene.get("bodySite"))),
            ("Category", words.concepts(scene.get("category"))),
            ("Evidence", _evidence(scene)),
            ("Note", words.notes_text(scene.get("note"))),
            ("Recorded by", scene.name(scene.get("recorder")) or scene.name(scene.get("asserter"))),
            ("Code", words.codes_line(scene.get("code"))),
        ],
        code=words.code_of(scene.get("code")),
        category=words.bare_code(scene.get("category")),
        status=clinical,
        effective=dates.when(scene.resource, "onset") or dates.text_of(scene.get("recordedDate")),
        encounter=encounter_of(scene),
        author=scene.name(scene.get("recorder")) or scene.name(scene.get("asserter")),
        author_role=scene.role(scene.get("recorder")),
    )


def verification(scene: Scene) -> str:
    """The verification that any coding or the text tells; one that refutes comes first."""
    found = set(words.all_codes(scene.get("verificationStatus")))
    strongest = next((v for v in (*_DOUBTS, "confirmed") if v in found), "")
    return strongest or words.bare_code(scene.get("verificationStatus"))


def _is_of_family(scene: Scene) -> bool:
    """Is it filed as family history, and so not the patient's own?"""
    return any("family-history" in code for code in words.all_codes(scene.get("category")))


def _bound(scene: Scene, prefix: str, since: str) -> str:
    """ "since 2019-04-02", "since age 8"; "onset: since childhood" where it is told in words."""
    if told := dates.day(dates.when(scene.resource, prefix)) or _at_age(scene, prefix):
        return f"{since} {told}"
    written = words.text(scene.get(f"{prefix}String"))
    return f"{prefix}: {written}" if written else ""


def _at_age(scene: Scene, prefix: str) -> str:
    age = words.quantity(scene.get(f"{prefix}Age")) or words.range_of(scene.get(f"{prefix}Range"))
    return f"age {age}" if age else ""


def _evidence(scene: Scene) -> str:
    return words.joined(
        words.concepts(e.get("code")) or scene.names(e.get("detail"))
        for e in words.each(scene.get("evidence"))
    )


def flag(scene: Scene) -> Rendering:
    """A warning that everybody who opens the chart should see."""
    named = words.concept(scene.get("code")) or "Flag that is not named"
    status, period = words.text(scene.get("status")), dates.period(scene.get("period"))
    return Rendering(
        title=named,
        headline=("Flag no longer active: " if status == "inactive" else "Flag: ")
        + named
        + words.in_brackets(status, period),
        lines=[
            ("Category", words.concepts(scene.get("category"))),
            ("Author", scene.name(scene.get("author"))),
            ("Code", words.codes_line(scene.get("code"))),
        ],
        code=words.code_of(scene.get("code")),
        category=words.bare_code(scene.get("category")),
        status=status,
        effective=dates.period_start(scene.get("period")),
        encounter=encounter_of(scene),
        author=scene.name(scene.get("author")),
        author_role=scene.role(scene.get("author")),
    )


def clinical_impression(scene: Scene) -> Rendering:
    """A clinician's assessment: summary, findings, protocol, what is expected."""
    summary = words.text(scene.get("summary")) or words.text(scene.get("description"))
    named = words.concept(scene.get("code")) or "Clinical impression"
    when = dates.when(scene.resource, "effective") or dates.text_of(scene.get("date"))
    author = scene.name(scene.get("assessor"))
    return Rendering(
        title=named,
        headline=f"{named}{words.in_brackets(dates.day(when))}: {summary or 'no summary'}",
        lines=[
            (
                "Findings",
                words.joined(
                    _finding(scene, finding) for finding in words.each(scene.get("finding"))
                ),
            ),
            ("Problems", scene.names(scene.get("problem"))),
            (
                "Investigations",
                words.joined(
                    words.concept(i.get("code")) for i in words.each(scene.get("investigation"))
                ),
            ),
            ("Prognosis", words.concepts(scene.get("prognosisCodeableConcept"))),
            ("Note", words.notes_text(scene.get("note"))),
            ("Author", author),
        ],
        code=words.code_of(scene.get("code")),
        status=words.text(scene.get("status")),
        effective=when,
        encounter=encounter_of(scene),
        author=author,
        author_role=scene.role(scene.get("assessor")),
    )


def _finding(scene: Scene, finding: Mapping[str, Any]) -> str:
    named = words.concept(finding.get("itemCodeableConcept"))
    return named or scene.name(finding.get("itemReference"))


def detected_issue(scene: Scene) -> Rendering:
    """An interaction or duplication that a system or a person noticed."""
    named = words.concept(scene.get("code")) or "Detected issue"
    when = dates.when(scene.resource, "identified")
    severity = words.text(scene.get("severity"))
    return Rendering(
        title=named,
        headline=f"Detected issue: {named}{words.in_brackets(severity, dates.day(when))}",
        lines=[
            ("Detail", words.text(scene.get("detail"))),
            ("Implicated", scene.names(scene.get("implicated"))),
        ],
        code=words.code_of(scene.get("code")),
        status=words.text(scene.get("status")),
        effective=when,
    )


def risk_assessment(scene: Scene) -> Rendering:
    """What is likely to happen, by whose judgement."""
    named = words.concept(scene.get("code")) or words.concept(scene.get("method"))
    outcomes = words.joined(map(_prediction, words.each(scene.get("prediction"))), "; ")
    when = dates.when(scene.resource, "occurrence")
    return Rendering(
        title=named or "Risk assessment",
        headline=f"Risk assessment{words.in_brackets(dates.day(when))}: "
        + (words.joined((named, outcomes), ": ") or "no prediction"),
        lines=[
            ("Mitigation", words.text(scene.get("mitigation"))),
            ("Basis", scene.names(scene.get("basis"))),
            ("Note", words.notes_text(scene.get("note"))),
            ("By", scene.name(scene.get("performer"))),
        ],
        code=words.code_of(scene.get("code")),
        status=words.text(scene.get("status")),
        effective=when,
        encounter=encounter_of(scene),
        author=scene.name(scene.get("performer")),
    )


def _prediction(prediction: Mapping[str, Any]) -> str:
    outcome = words.concept(prediction.get("outcome"))
    how = words.concept(prediction.get("qualitativeRisk")) or words.range_of(
        prediction.get("probabilityRange")
    )
    if percent := words.text(prediction.get("probabilityDecimal")):
        how = how or f"{percent}%"
    rationale = words.text(prediction.get("rationale"))
    return f"{outcome}{words.in_brackets(how, rationale)}".strip()
