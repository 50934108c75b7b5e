"""Places, payers, and what the patient permits."""

from collections.abc import Iterator, Mapping
from typing import Any

from service.chart.render import dates, words
from service.chart.render.rendering import Rendering
from service.chart.render.scene import Scene


def organization(scene: Scene) -> Rendering:
    kind = words.concepts(scene.get("type"))
    name = words.text(scene.get("name")) or "(no name)"
    return Rendering("Organization", f"Organization: {name}{words.in_brackets(kind)}")


def location(scene: Scene) -> Rendering:
    kind = words.concepts(scene.get("type"))
    name = words.text(scene.get("name")) or words.text(scene.get("description")) or "(no name)"
    return Rendering("Location", f"Location: {name}{words.in_brackets(kind)}")


def coverage(scene: Scene) -> Rendering:
    payer = scene.names(scene.get("payor")) or words.concept(scene.get("type"))
    status, period = words.text(scene.get("status")), dates.period(scene.get("period"))
    return Rendering(
        title="Coverage",
        headline=f"Coverage: {payer or '(not named)'}{words.in_brackets(status, period)}",
        status=status,
        effective=dates.period_start(scene.get("period")),
    )


_NOT_IN_FORCE = {
    "draft": "Not in force yet (draft): ",
    "proposed": "Not in force yet (proposed): ",
    "rejected": "Not in force (rejected): ",
    "inactive": "No longer in force (inactive): ",
    "entered-in-error": "Entered in error: ",
}


def consent(scene: Scene) -> Rendering:
    """What the patient directs, permits and denies: rules that access/ applies are its own."""
    provision = words.first(scene.get("provision"))
    rules = words.joined(_rules(scene, provision), "; ")
    kinds = words.joined(map(words.concepts, _kinds(scene))) or "consent"
    status, when = words.text(scene.get("status")), dates.day(scene.get("dateTime"))
    period = dates.period(provision.get("period"))
    shown = status if status != "active" or not period else f"in force {period}"
    return Rendering(
        title=f"Consent: {kinds}",
        headline=_NOT_IN_FORCE.get(status, "")
        + words.joined((f"Consent ({kinds})", rules), ": ")
        + words.in_brackets(shown, when, "" if period in shown else f"valid {period}"),
        lines=[
            ("Policy", _policies(scene)),
            ("Given by", scene.names(scene.get("performer"))),
            ("Organization", scene.names(scene.get("organization"))),
            ("Verified", _verified(scene)),
        ],
        code=words.code_of(scene.get("policyRule")) or words.code_of(scene.get("category")),
        category=words.bare_code(scene.get("scope")),
        status=status,
        effective=dates.text_of(scene.get("dateTime")),
        author=scene.names(scene.get("performer")),
    )


def _kinds(scene: Scene) -> list[object]:
    """What it is about: "Advanced Care Directive", "Do Not Resuscitate"."""
    return [scene.get(element) for element in ("scope", "category", "policyRule")]


def _rules(scene: Scene, provision: Mapping[str, Any]) -> Iterator[str]:
    """ "denies disclosure of SUD to X"; the exceptions after it, one level at a time."""
    if said := _rule(scene, provision):
        yield said
    for inner in words.each(provision.get("provision")):
        for exception in _rules(scene, inner):
            yield f"except: {exception}" if said else exception


def _rule(scene: Scene, provision: Mapping[str, Any]) -> str:
    decision = {"deny": "denies", "permit": "permits"}.get(words.text(provision.get("type")), "")
    what = words.joined(
        [
            words.concepts(provision.get("action")),
            _of(words.concepts(provision.get("securityLabel")), "labelled"),
            _of(words.concepts(provision.get("class")), "of kind"),
            _of(words.concepts(provision.get("code")), "on"),
            _of(words.concepts(provision.get("purpose")), "for"),
            _of(_actors(scene, provision), "to"),
        ],
        " ",
    )
    if decision and not what:
        return f"{decision}, without details"
    return f"{decision} {what}".strip()


def _of(text: str, preposition: str) -> str:
    return f"{preposition} {text}" if text else ""


def _actors(scene: Scene, provision: Mapping[str, Any]) -> str:
    return words.joined(
        scene.name(actor.get("reference")) or words.concept(actor.get("role"))
        for actor in words.each(provision.get("actor"))
    )


def _policies(scene: Scene) -> str:
    return words.joined(words.text(p.get("uri")) for p in words.each(scene.get("policy")))


def _verified(scene: Scene) -> str:
    verifications = words.each(scene.get("verification"))
    return words.joined(
        ("yes" if v.get("verified") is True else "no") + f" {dates.day(v.get('verificationDate'))}"
        for v in verifications
    ).strip()
