"""Values with their dates, and which way they went: `21 (2024-01-03), 9 (2026-05-01)`."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations

from service.verification.lexicon import drug
from service.verification.models import Reason

POINT = re.compile(r"(?<![\w.-])(-?\d+(?:\.\d+)?)[^(),;\d]*\((\d{4}-\d{2}(?:-\d{2})?)\)")
_RISE = r"rose|risen|increased?|up|went up|climbed|worsened|raised|higher"
_FALL = r"fell|fallen|decreased?|down|went down|dropped|reduced|lowered|declined|improved"
_MOVE = re.compile(
    rf"\b(?:(?P<up>{_RISE})|(?P<down>{_FALL}))\b[^.;,]{{0,30}}?\bfrom\s+(?P<old>\d{{1,12}}(?:\.\d+)?)"
    r"[^.;,\d]{0,40}?\bto\s+(?P<new>\d{1,12}(?:\.\d+)?)",
    re.IGNORECASE,
)
# "12 (was 18)", "1.6 (baseline 1.4)", "down from 18"; and "14 -> 86".
_BEFORE = re.compile(
    r"(?P<new>\d{1,12}(?:\.\d+)?)[^.;,\d\n]{0,12}?\W(?:was|previously|prev|prior|baseline|adm(?:ission)?"
    r"|(?:up|down|fallen|risen|dropped) from)\s(?P<old>\d{1,12}(?:\.\d+)?)",
    re.IGNORECASE,
)
# "17/30 (22 in 2024)", "52 kg (58 kg a year ago)"
_BRACKET = re.compile(
    r"(?P<new>\d{1,12}(?:\.\d+)?)(?:/\d+)?(?:\s?[a-z%]+)?\s\((?P<old>\d{1,12}(?:\.\d+)?)(?:/\d+)?(?:\s?[a-z%]+)?\s"
    r"(?:(?:in|on|at|last)\b|[^()]*\bago\))",
    re.IGNORECASE,
)
_WAS = re.compile(  # "16 today, it was 9 two weeks ago"
    r"(?P<new>\d{1,12}(?:\.\d+)?)[^.;\n\d]{0,40}?,\s(?:it\s)?(?:was|had been)\s"
    r"(?P<old>\d{1,12}(?:\.\d+)?)[^.;\n]*\bago\b"
)
_ARROW = re.compile(
    r"(?P<old>\d{1,12}(?:\.\d+)?)[^.;,\d\n]{0,8}?(?:->|→|>>)\s?(?P<new>\d{1,12}(?:\.\d+)?)"
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_ROW = re.compile(  # of a table, the oldest first: "Potassium   5.4   4.6   4.3"
    r"^[^\W\d][^\d\n]{1,40}?(?: {2,}|\t)"
    r"((?:\d+(?:\.\d+)?|-)(?:(?: {2,}|\t)(?:\d+(?:\.\d+)?|-))+)\s*$",
    re.MULTILINE,
)
_FROM_TO = re.compile(
    rf"^(.*?\w)\s+(?:(?:has|have|had)\s+)?(?:{_RISE}|{_FALL}|changed|moved|went)\s(?:\w+\s){{0,2}}?"
    r"from\s(\d+(?:\.\d+)?)(?:\s?[a-z%/]+)?\sto\s(\d+(?:\.\d+)?)",
    re.IGNORECASE,
)
_CHANGED_TO = re.compile(
    r"\b(?:increas|reduc|rais|lower|chang|titrat|taper|cut|brought)\w*\s(?:\w+\s){0,3}?to\s(\d+(?:\.\d+)?)",
    re.IGNORECASE,
)
_CHANGED_BY = re.compile(
    r"\b(?:(?P<more>gained|put on|(?:rose|risen|increased|up) by)"
    r"|lost|(?:fell|fallen|decreased|dropped|down) by)\s(?:about\s)?(?P<by>\d+(?:\.\d+)?)",
    re.IGNORECASE,
)
_IS_NOW = re.compile(
    r"\b(?:is|now|currently|today|latest)\s(?:at\s)?(\d+(?:\.\d+)?)"
    r"|(\d+(?:\.\d+)?)(?:/\d+)?\s(?:now|today|currently)\b",
    re.IGNORECASE,
)
_V = r"\d+(?:[./]\d+)?"
_OLD, _NEW = rf"(?P<old>{_V})", rf"(?P<new>{_V})"
_TOLD = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\bfrom\s+{_OLD}(?![\w-])[^.;,\d]{{0,40}}?\bto\s+{_NEW}",
        rf"\bto\s+{_NEW}(?![\w-])[^.;,\d]{{0,40}}?\bfrom\s+{_OLD}",
        rf"{_NEW}\b[^;\d]{{0,30}}?(?:\bon [\w ,-]{{4,20}}?)?,?\s(?:up|down)\s+from\s+{_OLD}",
    )
)
FIRST, LAST = "at first", "at last"
_STAGES = (
    (
        FIRST,
        re.compile(
            r"\bon (?:arrival|admission)|(?:last|previous|prior) visit|previously"
            r"|initially|at baseline|\bat intake",
            re.IGNORECASE,
        ),
    ),
    (
        LAST,
        re.compile(r"\btoday|\bnow\b|currently|\bthis visit|at discharge|\bafter\b", re.IGNORECASE),
    ),
)
# "Changed from warfarin to apixaban"; "warfarin stopped, switched to apixaban".
_SWITCH = re.compile(
    r"\bfrom\s+([a-z]{5,})\s+to\s+([a-z]{5,})|\b([a-z]{5,})(?:\s+was)?\s+(?:stopped|discontinued)\b"
    r"[^.]{0,30}?\b(?:switched|changed) to\s+([a-z]{5,})",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[,;]|\.\s|\band\b")
_VALUE = re.compile(
    rf"(?<![\w.:/-]){_V}(?![\w./:-]|\s?(?:mg|mcg|g|ml|days?|weeks?|months?|years?)\b)"
)
_EITHER_WAY = re.compile(r"worsened|improved", re.IGNORECASE)  # a GAF falls as it worsens


def pair_reasons(body: str, held: Sequence[str]) -> list[Reason]:
    """Values at dates that no one source has together. `held`: each source with its dates."""
    if len(held) < 2:
        return []
    return [
        Reason("date", f"{value} on {day}", "another value for that date", True)
        for value, day in POINT.findall(body)
        if not any(
            day in text and re.search(rf"(?<![\d.]){re.escape(value)}(?![\d.]*\d)", text)
            for text in held
        )
    ]


def series(body: str) -> tuple[str, ...]:
    """The two statements of "PHQ-9 fell from 21 to 14 in May": "PHQ-9 21", "PHQ-9 14"; () of
    another text."""
    match = _FROM_TO.search(body)
    return (f"{match[1]} {match[2]}", f"{match[1]} {match[3]}") if match else ()


def differences(body: str, held: str) -> list[tuple[int, int]]:
    """Where the body tells a change by the amount by which the source's two values differ:
    "lost 6 kg" beside "52 kg (58 kg a year ago)"."""
    told = [*_CHANGED_BY.finditer(body)]
    steps = ((float(new) - float(old)) for old, new in _moves(held)) if told else ()
    known = {(round(abs(step), 2), step > 0) for step in steps}
    return [m.span() for m in told if (float(m["by"]), bool(m["more"])) in known]


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
    told = {(m["old"], m["new"]) for shape in shapes for m in shape.finditer(held)}
    rows = (_NUMBER.findall(row[1]) for row in _ROW.finditer(held))
    return told | {pair for row in rows for pair in combinations(row, 2) if pair[0] != pair[1]}


def trend_reasons(body: str, held: str) -> list[Reason]:
    """A direction that its own two values deny, or two values that trade places."""
    moves = _moves(held)
    said, theirs = _stages(body), _stages(held)
    traded = [value for value, stage in said.items() if theirs.get(value, stage) != stage]
    reasons = [*_stale(body, moves), *_undone(body, moves)]
    reasons += [
        Reason("trend", f"{value} {said[value]}", f"{value} {theirs[value]}", True)
        for value in traded[:1]
    ]
    for move in _MOVE.finditer(body):
        old, new = float(move["old"]), float(move["new"])
        is_wrong = (old > new) if move["up"] else (old < new)
        if is_wrong and not _EITHER_WAY.match(move["up"] or move["down"]):
            way = "a rise" if new > old else "a fall"
            told = f"{move['old']} to {move['new']}, which is {way}"
            reasons.append(Reason("trend", move[0], told, True))
    return reasons


@lru_cache(maxsize=4_096)
def _stages(text: str) -> dict[str, str]:
    """Of each value whether it came first or last; none of which the text tells both."""
    found: dict[str, set[str]] = defaultdict(set)
    told = ((m["old"], m["new"]) for shape in _TOLD for m in shape.finditer(text))
    for old, new in (*told, *_moves(text)):
        found[old].add(FIRST)
        found[new].add(LAST)
    for match in _SWITCH.finditer(text):
        old, new = (each for each in match.groups() if each)
        for name, stage in ((drug(old), FIRST), (drug(new), LAST)):
            found[name or ""].add(stage)
    for part in _PARTS.split(text):
        values = {m[0] for m in _VALUE.finditer(part)}
        stages = {stage for stage, words in _STAGES if words.search(part)}
        if len(values) == len(stages) == 1:
            found[values.pop()] |= stages
    return {value: min(stages) for value, stages in found.items() if value and len(stages) == 1}
