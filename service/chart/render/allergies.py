"""Allergies, intolerances and adverse events."""

from collections.abc import Mapping
from typing import Any

from service.chart.render import dates, words
from service.chart.render.nothing import allergy_said
from service.chart.render.other import encounter_of
from service.chart.render.problems import verification
from service.chart.render.rendering import Rendering
from service.chart.render.scene import Scene

_DOUBTS = {
    "refuted": "Refuted allergy: ",
    "entered-in-error": "Allergy entered in error: ",
    "unconfirmed": "Unconfirmed allergy: ",
}
_CLINICAL = ("active", "inactive", "resolved")
SEVERITIES = ("severe", "moderate", "mild")


def allergy(scene: Scene) -> Rendering:
    """Substance, reactions with severity, status, verification, when recorded."""
    substance = words.concept(scene.get("code")) or _reaction_substances(scene) or "not named"
    reactions = words.joined(map(_reaction, _severest_first(scene)))
    clinical = words.known_code(scene.get("clinicalStatus"), _CLINICAL)
    verified = verification(scene)
    return Rendering(
        title=substance,
        headline=_head(scene, substance, reactions, clinical, verified),
        lines=[
            ("Kind", words.joined([words.text(scene.get("type")), *_texts(scene.get("category"))])),
            ("Reactions", _reaction_words(scene)),
            ("Criticality", words.text(scene.get("criticality"))),
            ("Verification", verified),
            ("Last occurrence", dates.day(scene.get("lastOccurrence"))),
            ("Note", words.notes_text(scene.get("note"))),
            ("Recorded by", scene.name(scene.get("recorder"))),
            ("Asserted by", scene.name(scene.get("asserter"))),
            ("Code", words.codes_line(scene.get("code"))),
        ],
        code=words.code_of(scene.get("code")),
        category=next(iter(_texts(scene.get("category"))), ""),
        status=clinical,
        effective=dates.text_of(scene.get("recordedDate")) or dates.when(scene.resource, "onset"),
        encounter=encounter_of(scene),
        author=scene.name(scene.get("recorder")) or scene.name(scene.get("asserter")),
        author_role=scene.role(scene.get("recorder")),
    )


def _head(scene: Scene, substance: str, reactions: str, clinical: str, verified: str) -> str:
    """ "Allergy: penicillin G - anaphylaxis (severe); active, confirmed; recorded 2019-04-02".

    The first semicolon ends what it is and how it shows.
    """
    nothing = allergy_said(scene.get("code"))
    said = "allerg" in substance.lower() or "intoleran" in substance.lower()
    prefix = _DOUBTS.get(verified, "" if said else _kind(scene))
    if nothing and verified not in ("refuted", "entered-in-error"):
        prefix, substance = "", _none_words(substance, *nothing)
    state = words.joined((clinical, verified))
    high = "high criticality" if scene.get("criticality") == "high" else ""
    recorded = dates.day(scene.get("recordedDate"))
    parts = (state, high, recorded and f"recorded {recorded}")
    return (
        prefix
        + (substance + (f" - {reactions}" if reactions else "")).replace(";", ",")
        + "".join(f"; {part}" for part in parts if part)
    )


def _none_words(written: str, what: str, verdict: str) -> str:
    """ "No known allergies (written: NKA)": its short form alone reads as a substance."""
    kind = {"any": "", "drug": "drug "}.get(what, f"{what} ")
    plain = f"No known {kind}allergies" if verdict == "none" else f"Unknown whether {kind}allergies"
    if verdict == "none" and written.lower().startswith("no known") and "allerg" in written.lower():
        return written
    return plain + words.in_brackets(f"written: {written}")


def _kind(scene: Scene) -> str:
    return "Intolerance: " if scene.get("type") == "intolerance" else "Allergy: "


def _reaction(reaction: Mapping[str, Any]) -> str:
    named = words.concepts(reaction.get("manifestation")) or words.text(reaction.get("description"))
    onset = dates.day(reaction.get("onset"))
    return named + words.in_brackets(words.joined((words.text(reaction.get("severity")), onset)))


def _severest_first(scene: Scene) -> list[Mapping[str, Any]]:
    def place(reaction: Mapping[str, Any]) -> int:
        severity = words.text(reaction.get("severity"))
        return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)

    return sorted(words.each(scene.get("reaction")), key=place)


def _reaction_words(scene: Scene) -> str:
    """What was written of the reactions, beside their codes."""
    return words.joined(
        words.joined((words.text(r.get("description")), words.notes_text(r.get("note"))))
        for r in words.each(scene.get("reaction"))
    )


def _reaction_substances(scene: Scene) -> str:
    return words.joined(
        words.concept(r.get("substance")) for r in words.each(scene.get("reaction"))
    )


def _texts(value: object) -> list[str]:
    return [t for v in (value if isinstance(value, list) else []) if (t := words.text(v))]


def adverse_event(scene: Scene) -> Rendering:
    """Something harmful that happened, and what is suspected of it."""
    named = words.concept(scene.get("event")) or words.concepts(scene.get("category"))
    when = dates.text_of(scene.get("date")) or dates.text_of(scene.get("detected"))
    severity = words.concept(scene.get("severity")) or words.concept(scene.get("seriousness"))
    suspects = words.joined(
        scene.name(s.get("instance")) for s in words.each(scene.get("suspectEntity"))
    )
    return Rendering(
        title=named or "Adverse event",
        headline=f"Adverse event: {named or 'not named'}"
        + words.in_brackets(severity, dates.day(when), suspects and f"suspected: {suspects}"),
        lines=[
            ("Outcome", words.concept(scene.get("outcome"))),
            ("Certainty", words.text(scene.get("actuality"))),
        ],
        code=words.code_of(scene.get("event")),
        status=words.text(scene.get("actuality")),
        effective=when,
        encounter=encounter_of(scene),
        author=scene.name(scene.get("recorder")),
    )
