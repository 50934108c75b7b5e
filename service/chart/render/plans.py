"""What is intended: care plans, goals, orders and referrals."""

from collections.abc import Mapping
from typing import Any

from service.chart.formats.html import html_text
from service.chart.render import dates, typed, words
from service.chart.render.medications import reasons
from service.chart.render.other import encounter_of
from service.chart.render.rendering import Rendering
from service.chart.render.scene import Scene

_ENDED = ("revoked", "entered-in-error")
_NO_PLAN_YET = {"proposal": "Proposed, not decided: ", "option": "An option, not decided: "}


def care_plan(scene: Scene) -> Rendering:
    """A plan with its activities; a safety plan is one of these."""
    kinds = words.concepts(_named_categories(scene)) or words.concepts(scene.get("category"))
    named = words.text(scene.get("title")) or kinds or "Care plan"
    described = words.text(scene.get("description"))
    status, period = words.text(scene.get("status")), dates.period(scene.get("period"))
    intent = words.text(scene.get("intent"))
    ended = f"plan {status}" if status in _ENDED else ""
    activities = [
        activity + words.in_brackets(ended)
        for activity in map(_activity_of(scene), words.each(scene.get("activity")))
        if activity
    ]
    said = described or "; ".join(activities[:8])
    return Rendering(
        title=named,
        headline=(f"No longer in force ({status}): " if ended else _NO_PLAN_YET.get(intent, ""))
        + f"Care plan, {named}{words.in_brackets('' if ended else status, period)}"
        + (f": {said}" if said else ""),
        lines=[
            *(("Activity", activity) for activity in activities),
            ("Addresses", scene.names(scene.get("addresses"))),
            ("Goals", scene.names(scene.get("goal"))),
            ("Care team", scene.names(scene.get("careTeam"))),
            ("Note", words.notes_text(scene.get("note"))),
            ("Narrative", _narrative(scene) if not (activities or described) else ""),
            ("Author", scene.name(scene.get("author"))),
            ("Code", words.codes_line(scene.get("category"))),
        ],
        code=words.code_of(_named_categories(scene)) or words.code_of(scene.get("category")),
        category=words.bare_code(scene.get("category")),
        status=intent if intent in _NO_PLAN_YET else status,
        effective=dates.period_start(scene.get("period")) or dates.text_of(scene.get("created")),
        encounter=encounter_of(scene),
        author=scene.name(scene.get("author")),
        author_role=scene.role(scene.get("author")),
    )


def _named_categories(scene: Scene) -> list[Mapping[str, Any]]:
    """Categories that say which plan it is; "assess-plan" is on every US Core plan."""
    return [c for c in words.each(scene.get("category")) if words.bare_code(c) != "assess-plan"]


def _activity_of(scene: Scene) -> Any:
    def activity(element: Mapping[str, Any]) -> str:
        detail = words.first(element.get("detail"))
        named = words.concept(detail.get("code")) or words.text(detail.get("description"))
        named = named or scene.name(element.get("reference"))
        description = words.text(detail.get("description"))
        when = typed.value_of(detail, "scheduled")
        status = words.text(detail.get("status"))
        progress = words.notes_text(element.get("progress"))
        more = description if description != named else ""
        said = words.joined((named, more), ": ") + words.in_brackets(status, when, progress)
        return f"{words.do_not(detail)}{said}" if said else ""

    return activity


def _narrative(scene: Scene) -> str:
    """The plan's own narrative, where it holds nothing else: US Core allows only that."""
    div = words.text(words.first(scene.get("text")).get("div"))
    return html_text(div.encode(), "text/html; charset=utf-8").text if div else ""


def goal(scene: Scene) -> Rendering:
    """What patient and team want to reach."""
    named = words.concept(scene.get("description")) or "Goal that is not described"
    status = words.text(scene.get("lifecycleStatus"))
    achieved = words.concept(scene.get("achievementStatus"))
    start = dates.day(scene.get("startDate"))
    targets = words.joined(map(_target, words.each(scene.get("target"))), "; ")
    return Rendering(
        title=named,
        headline=f"Goal: {named}{words.in_brackets(status, achieved, start and f'since {start}')}",
        lines=[
            ("Target", targets),
            ("Priority", words.concept(scene.get("priority"))),
            ("Addresses", scene.names(scene.get("addresses"))),
            ("Outcome", words.concepts(scene.get("outcomeCode"))),
            ("Status reason", words.text(scene.get("statusReason"))),
            ("Note", words.notes_text(scene.get("note"))),
            ("Expressed by", scene.name(scene.get("expressedBy"))),
            ("Code", words.codes_line(scene.get("description"))),
        ],
        code=words.code_of(scene.get("description")),
        category=words.bare_code(scene.get("category")),
        status=status,
        effective=dates.text_of(scene.get("startDate")) or dates.text_of(scene.get("statusDate")),
        author=scene.name(scene.get("expressedBy")),
        author_role=scene.role(scene.get("expressedBy")),
    )


def _target(target: Mapping[str, Any]) -> str:
    due = dates.day(target.get("dueDate")) or words.quantity(target.get("dueDuration"))
    measure, detail = words.concept(target.get("measure")), typed.value_of(target, "detail")
    return words.joined((measure, detail), ": ") + words.in_brackets(due and f"by {due}")


def service_request(scene: Scene) -> Rendering:
    """An order, referral or recommendation."""
    return _order(scene, "Order", words.concept(scene.get("code")))


def device_request(scene: Scene) -> Rendering:
    named = words.concept(scene.get("codeCodeableConcept")) or scene.name(
        scene.get("codeReference")
    )
    return _order(scene, "Device order", named)


def nutrition_order(scene: Scene) -> Rendering:
    diet = words.concepts(words.first(scene.get("oralDiet")).get("type"))
    return _order(scene, "Diet order", diet)


_NOT_ORDERED = {
    "proposal": "Proposed, not ordered",
    "plan": "Planned, not ordered",
    "option": "An option, not ordered",
}


def _led(kind: str, status: str, intent: str) -> str:
    """What stands before it: that it is no order, or one that was withdrawn."""
    if intent in _NOT_ORDERED:
        return _NOT_ORDERED[intent]
    return f"{kind} no longer in force" if status == "revoked" else kind


def _order(scene: Scene, kind: str, named: str) -> Rendering:
    named = named or "not named"
    status, intent = words.text(scene.get("status")), words.text(scene.get("intent"))
    ordered = dates.text_of(scene.get("authoredOn")) or dates.text_of(scene.get("dateTime"))
    due = dates.when_text(scene.resource, "occurrence")
    why = reasons(scene)
    return Rendering(
        title=named,
        headline=f"{_led(kind, status, intent)}: {words.do_not(scene.resource)}{named}"
        + words.in_brackets(
            words.joined((status, "" if intent == "order" else intent, dates.day(ordered))),
            due and f"planned {due}",
            why and f"because of {why}",
        ),
        lines=[
            ("Detail", words.concepts(scene.get("orderDetail"))),
            ("Priority", words.text(scene.get("priority"))),
            ("Instruction", words.text(scene.get("patientInstruction"))),
            ("Note", words.notes_text(scene.get("note"))),
            ("Performer", scene.names(scene.get("performer"))),
            ("Ordered by", scene.name(scene.get("requester") or scene.get("orderer"))),
            ("Code", words.codes_line(scene.get("code"))),
        ],
        code=words.code_of(scene.get("code")),
        category=words.bare_code(scene.get("category")),
        status=intent if intent in _NOT_ORDERED else status,
        effective=ordered or dates.when(scene.resource, "occurrence"),
        encounter=encounter_of(scene),
        author=scene.name(scene.get("requester")),
        author_role=scene.role(scene.get("requester")),
    )
