"""Values with their dates, and which way they went: `21 (2024-01-03), 9 (2026-05-01)`."""

import re
from collections.abc import Iterator, Sequence

from service.verification.models import Reason

POINT = re.compile(r"(?<![\w.-])(-?\d+(?:\.\d+)?)[^(),;\d]*\((\d{4}-\d{2}(?:-\d{2})?)\)")
_RISE = r"rose|risen|increased?|up|went up|climbed|worsened|raised|higher"
_FALL = r"fell|fallen|decreased?|down|went down|dropped|reduced|lowered|declined|improved"
_MOVE = re.compile(
    rf"\b(?:(?P<up>{_RISE})|(?P<down>{_FALL}))\b[^.;,]{{0,30}}?\bfrom\s+(?P<old>\d+(?:\.\d+)?)"
    r"[^.;,\d]{0,40}?\bto\s+(?P<new>\d+(?:\.\d+)?)", re.IGNORECASE,
)  # fmt: skip
# "12 (was 18)", "1.6 (baseline 1.4)", "down from 18"; and "14 -> 86".
_BEFORE = re.compile(
    r"(?P<new>\d+(?:\.\d+)?)[^.;,\d\n]{0,12}?\W(?:was|previously|prev|prior|baseline|adm(?:ission)?"
    r"|(?:up|down|fallen|risen|dropped) from)\s(?P<old>\d+(?:\.\d+)?)", re.IGNORECASE,
)  # fmt: skip
# "17/30 (22 in 2024)", "52 kg (58 kg a year ago)"
_BRACKET = re.compile(
    r"(?P<new>\d+(?:\.\d+)?)(?:/\d+)?(?:\s?[a-z%]+)?\s\((?P<old>\d+(?:\.\d+)?)(?:/\d+)?(?:\s?[a-z%]+)?\s"
    r"(?:(?:in|on|at|last)\b|[^()]*\bago\))", re.IGNORECASE,
)  # fmt: skip
_WAS = re.compile(  # "16 today, it was 9 two weeks ago"
    r"(?P<new>\d+(?:\.\d+)?)[^.;\n\d]{0,40}?,\s(?:it\s)?(?:was|had been)\s(?P<old>\d+(?:\.\d+)?)[^.;\n]*\bago\b"
)
_ARROW = re.compile(r"(?P<old>\d+(?:\.\d+)?)[^.;,\d\n]{0,8}?(?:->|→|>>)\s?(?P<new>\d+(?:\.\d+)?)")
_CHANGED_TO = re.compile(
    r"\b(?:increas|reduc|rais|lower|chang|titrat|taper|cut|brought)\w*\s(?:\w+\s){0,3}?to\s(\d+(?:\.\d+)?)",
    re.IGNORECASE,
)
_CHANGED_BY = re.compile(
    r"\b(?:(?P<more>gained|put on|(?:rose|risen|increased|up) by)"
    r"|lost|(?:fell|fallen|decreased|dropped|down) by)\s(?:about\s)?(?P<by>\d+(?:\.\d+)?)",
    re.IGNORECASE,
)  # fmt: skip
_IS_NOW = re.compile(
    r"\b(?:is|now|currently|today|latest)\s(?:at\s)?(\d+(?:\.\d+)?)"
    r"|(\d+(?:\.\d+)?)(?:/\d+)?\s(?:now|today|currently)\b", re.IGNORECASE,
)  # fmt: skip
_EITHER_WAY = re.compile(r"worsened|improved", re.IGNORECASE)  # a GAF falls as it worsens


def pair_reasons(body: str, held: Sequence[str]) -> list[Reason]:
    """Values at dates that no one source has together. `held`: each source with its dates."""
    if len(held) < 2:
        return []
    return [
        Reason("date", f"{value} on {day}", "another value for that date", True)
        for value, day in POINT.findall(body)
        if not any(day in text and re.search(rf"(?<![\d.]){re.escape(value)}(?![\d.]*\d)", text)
                   for text in held)
    ]  # fmt: skip


def differences(body: str, held: str) -> frozenset[float]:
    """The amounts by which the body says that something changed and the source's two values
    differ: "lost 6 kg" beside "52 kg (58 kg a year ago)"."""
    said = {(float(m["by"]), bool(m["more"])) for m in _CHANGED_BY.finditer(body)}
    steps = ((float(new) - float(old)) for old, new in _moves(held)) if said else ()
    known = {(round(abs(step), 2), step > 0) for step in steps}
    return frozenset(by for by, more in said if (by, more) in known)


def _undone(body: str, moves: set[tuple[str, str]]) -> Iterator[Reason]:
    """A change told as one to the value that it was a change from."""
    for match in _CHANGED_TO.finditer(body):
        for old, new in moves:
            if match[1] == old and not re.search(rf"from\W+{re.escape(new)}(?![\d.])", body):
                yield Reason("trend", match[0], f"from {old} to {new}", True)


def _stale(body: str, moves: set[tuple[str, str]]) -> Iterator[Reason]:
    """A value that the source calls an earlier one, told as the one that is."""
    if match := _IS_NOW.search(body):
        for old, new in moves:
            if old == (match[1] or match[2]) and new not in body:
                yield Reason("number", match[0].strip(), f"{new} (was {old})", True)


def _moves(held: str) -> set[tuple[str, str]]:
    """(old, new) of each change that the text tells by two values."""
    shapes = (_MOVE, _BEFORE, _BRACKET, _WAS, _ARROW)
    return {(m["old"], m["new"]) for shape in shapes for m in shape.finditer(held)}


def trend_reasons(body: str, held: str) -> list[Reason]:
    """A direction that its own two values deny, or two values that trade places."""
    held_moves = _moves(held)
    reasons = [*_stale(body, held_moves), *_undone(body, held_moves)]
    for move in _MOVE.finditer(body):
        old, new = float(move["old"]), float(move["new"])
        is_wrong = (old > new) if move["up"] else (old < new)
        if is_wrong and not _EITHER_WAY.match(move["up"] or move["down"]):
            reasons.append(Reason("trend", move[0], f"from {move['old']} to {move['new']}", True))
        elif (move["new"], move["old"]) in held_moves:
            said = f"from {move['old']} to {move['new']}"
            reasons.append(Reason("trend", said, f"from {move['new']} to {move['old']}", True))
    return reasons
