"""Who does what to whom: the one who acts, in the active and the passive voice."""

from collections.abc import Iterator
from typing import NamedTuple

from service.reading.assertions import PATIENT
from service.reading.scope.line import Line
from service.reading.scope.persons import ANOTHER, persons, same_person
from service.reading.scope.phrases import words

_PASSIVE = frozenset(("was", "were", "been", "being", "be", "is", "are", "got", "gets", "get"))
_ON_THE_WAY = 5  # tokens between a verb, its "by" and the one who acts
_LITTLE = frozenset(("the", "a", "an", "her", "his", "their", "in", "on", "member", "local"))


class Deed(NamedTuple):
    """The verb at token `at` is done by `agent`, or to the patient where `is_passive`."""

    at: int
    agent: str
    is_passive: bool


def deeds(line: Line) -> Iterator[Deed]:
    """Every verb by which one person does something to another."""
    known = words("roles", "deeds") | words("roles", "participles")
    for at, key in enumerate(line.keys):
        if key in known or (key.endswith("ed") and len(key) > 4):
            is_passive = not _PASSIVE.isdisjoint(line.keys[max(0, at - 2) : at])
            by = _by(line, at)
            if by or is_passive:
                is_hurt = not by and key in words("roles", "violent") and _is_person_hurt(line, at)
                yield Deed(at, by or (ANOTHER if is_hurt else PATIENT), not by and not is_hurt)
            elif key in words("roles", "deeds") and (agent := _agent(line, at)):
                yield Deed(at, agent, False)


def _is_person_hurt(line: Line, at: int) -> bool:
    """ "She was beaten", not "her brother was": by somebody else."""
    start, _ = line.clause_span(at)
    others = persons() | words("people", "staff") | words("people", "clinicians")
    return others.isdisjoint(line.keys[start:at])


def _by(line: Line, at: int) -> str:
    """Whom the "by" behind a verb names."""
    ahead = line.keys[at + 1 : at + 1 + _ON_THE_WAY]
    for n, key in enumerate(ahead):
        if key == "by":
            if not {"another", "other", "fellow"}.isdisjoint(ahead[n + 1 : n + 3]):
                return ANOTHER
            named = next((name for k in ahead[n + 1 :] if (name := _name(k))), "")
            return named or (PATIENT if ahead[n + 1 : n + 2] in (["her"], ["him"]) else "")
        if key not in _LITTLE:
            return ""
    return ""


def _agent(line: Line, at: int) -> str:
    """The person right before an active verb."""
    for key in reversed(line.keys[max(0, at - 3) : at]):
        if name := _name(key):
            return name
        if key not in _LITTLE and key not in ("then", "also", "reportedly"):
            return ""
    return ""


def _name(key: str) -> str:
    if key in words("people", "patient"):
        return PATIENT
    if key in persons():
        return same_person(key)
    return key if key in words("people", "staff") | words("people", "clinicians") else ""
