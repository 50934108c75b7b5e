"""Values with their dates, and which way they went: `21 (2024-01-03), 9 (2026-05-01)`."""

import re
from collections.abc import Sequence

from service.verification.models import Reason

POINT = re.compile(r"(?<![\w.-])(-?\d+(?:\.\d+)?)[^(),;\d]*\((\d{4}-\d{2}(?:-\d{2})?)\)")
_RISE = r"rose|risen|increased?|up|went up|climbed|worsened|raised|higher"
_FALL = r"fell|fallen|decreased?|down|went down|dropped|reduced|lowered|declined|improved"
_MOVE = re.compile(
    rf"\b(?:(?P<up>{_RISE})|(?P<down>{_FALL}))\b[^.;,]{{0,30}}?\bfrom\s+(?P<old>\d+(?:\.\d+)?)"
    r"[^.;,\d]{0,40}?\bto\s+(?P<new>\d+(?:\.\d+)?)", re.IGNORECASE,
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


def trend_reasons(body: str, held: str) -> list[Reason]:
    """A direction that its own two values deny, or two values that trade places."""
    held_moves = {(m["old"], m["new"]) for m in _MOVE.finditer(held)}
    reasons = []
    for move in _MOVE.finditer(body):
        old, new = float(move["old"]), float(move["new"])
        is_wrong = (old > new) if move["up"] else (old < new)
        if is_wrong and not _EITHER_WAY.match(move["up"] or move["down"]):
            reasons.append(Reason("trend", move[0], f"from {move['old']} to {move['new']}", True))
        elif (move["new"], move["old"]) in held_moves:
            said = f"from {move['old']} to {move['new']}"
            reasons.append(Reason("trend", said, f"from {move['new']} to {move['old']}", True))
    return reasons
