"""Is one mention of a risk carried by another? The questions that must all be answered yes."""

import re
from collections.abc import Callable, Sequence

from service.verification.context.compare import is_alike, is_of_same
from service.verification.context.vocabulary import Polarity, Says, Time
from service.verification.facts import agrees, facts
from service.verification.risk.mentions import Mention
from service.verification.risk.values import times
from service.verification.words import load, stems

Question = Callable[[Mention, Mention], bool]

_DONE = ("violence", "abuse", "neglect")
_BY = re.compile(r"^(?:\W+\w+){0,4}?\W+by\s+(?!\d)\w", re.IGNORECASE)
_NOW = re.compile(r"\b(?:today|now|currently|tonight|at present)\b", re.IGNORECASE)


def nearest(said: Mention, held: Sequence[Mention]) -> list[Mention]:
    """Those in the words most like the statement's, of its time and person."""
    near = [_likeness(said, each) for each in held]
    return [each for each, share in zip(held, near, strict=True) if share == max(near)]


def _likeness(said: Mention, held: Mention) -> int:
    """The comma piece counts twice: a statement often tells two sentences of a source as one."""
    pieces = stems(said.piece) & stems(held.piece)
    clauses = stems(said.clause) & stems(held.clause)
    same = is_alike(said.reading, held.reading) + (critical(said) == critical(held))
    same += is_of_same(said.reading, held.reading)
    return 2 * len(pieces) + len(clauses) + same


def _is_as_so(said: Mention, held: Mention) -> bool:
    return said.reading.polarity == held.reading.polarity


def _is_as_timed(said: Mention, held: Mention) -> bool:
    """Stricter than for any other statement: a past event told without its time is told anew."""
    mine, theirs = said.reading, held.reading
    if mine.time == theirs.time or {mine.time, theirs.time} == {Time.RECENT, Time.CURRENT}:
        return True
    if mine.polarity is theirs.polarity is Polarity.NEGATED:
        return Time.CURRENT not in (mine.time, theirs.time)
    if {mine.time, theirs.time} == {Time.HISTORICAL, Time.RECENT}:
        return _is_dated_alike(said, held)
    return False


def _is_dated_alike(said: Mention, held: Mention) -> bool:
    """A past told by its date: the statement has the date, or calls past what has one."""
    mine = [fact for fact in facts(said.sentence) if fact.check == "date"]
    theirs = [fact for fact in facts(held.sentence) if fact.check == "date"]
    if said.reading.time is not Time.HISTORICAL and not mine:
        return False
    return all(agrees(fact, theirs) for fact in mine) and (bool(theirs) or held.reading.is_past)


def _is_then(said: Mention, held: Mention) -> bool:
    """Beside the mention itself no other time stands ("SI today" for "SI yesterday")."""
    mine, theirs = _moments(said), _moments(held)
    return not mine or not theirs or bool(mine & theirs)


def _moments(mention: Mention) -> set[str]:
    now = {"today"} if _NOW.search(mention.piece) else set()
    return times(mention.piece) | now


def _is_of(said: Mention, held: Mention) -> bool:
    return is_of_same(said.reading, held.reading)


def _is_done_to_same(said: Mention, held: Mention) -> bool:
    """ "Assaulted by her partner" is not "assaulted her partner"."""
    return said.topic not in _DONE or _is_suffered(said) == _is_suffered(held)


def _is_suffered(mention: Mention) -> bool:
    return bool(_BY.search(mention.after))


def _is_told_by_same(said: Mention, held: Mention) -> bool:
    """What others or the patient's quoted words say is not stated as seen or as the patient's."""
    mine, theirs = said.reading.says, held.reading.says
    if mine == theirs or Says.COLLATERAL not in (mine, theirs):
        return {mine, theirs} not in ({Says.QUOTED, Says.UNSAID}, {Says.PATIENT, Says.OBSERVED})
    return False


def _is_qualified_alike(said: Mention, held: Mention) -> bool:
    return critical(said) == critical(held)


def critical(mention: Mention) -> frozenset[str]:
    """ "No active or passive SI" denies all of it."""
    words = mention.qualifiers & frozenset(load("risk.toml")["qualifiers"]["critical"])
    return words - {"active", "passive"} if {"active", "passive"} <= words else words


QUESTIONS: tuple[tuple[str, Question], ...] = (
    ("polarity", _is_as_so),
    ("time", _is_as_timed),
    ("time", _is_then),
    ("subject", _is_of),
    ("subject", _is_done_to_same),
    ("attribution", _is_told_by_same),
    ("qualifier", _is_qualified_alike),
)
