"""A phrase cut into clauses and comma pieces."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from service.reading.scope.phrases import listed, words
from service.reading.scope.tokens import Token

STRONG = frozenset(";.!?\n•·|")
WEAK = frozenset(",()[]/–—-")
_PER = frozenset(
    ("day", "d", "week", "wk", "month", "kg", "h", "hr", "min", "ml", "dl", "l", "dose")
)
_UNTIL = (["#"], ["last"], ["recently"])  # "smoked until 2019" is one clause
_TITLES = frozenset(("dr", "mr", "mrs", "ms", "prof", "st", "vs", "approx"))
_AHEAD = 6  # words after "and" in which the verb of a new statement stands


@dataclass(frozen=True, slots=True)
class Piece:
    """Tokens [start:end) between two commas."""

    start: int
    end: int
    clause: int
    words: tuple[str, ...]
    says_so: bool  # a verb or a value of its own ("HR 80")
    is_finite: bool


def cut(
    found: Sequence[Token], keys: Sequence[str], marks: Sequence[str]
) -> tuple[list[int], list[int]]:
    """The clause and the comma piece of each token."""
    ends = {found.first for found in listed("clauses", "ends").all(marks)}
    ends -= {at for at in ends if marks[at] == "until" and marks[at + 1 : at + 2] in _UNTIL}
    clause, piece, in_clause, in_piece = [], [], 0, 0
    for at, key in enumerate(keys):
        if at in ends or _is_full_stop(keys, at) or _begins(keys, at):
            in_clause += 1
            in_piece += 1
        elif (key in WEAK and not (_is_per(keys, at) or _is_tied(found, at))) or (
            key == "and" and _says_something(keys, at + 1)
        ):
            in_piece += 1
        clause.append(in_clause)
        piece.append(in_piece)
    return clause, piece


def _is_tied(found: Sequence[Token], at: int) -> bool:
    """The hyphen of "72-hour hold"."""
    return (
        found[at].key == "-"
        and 0 < at < len(found) - 1
        and found[at - 1].end == found[at].start
        and found[at].end == found[at + 1].start
    )


def _is_per(keys: Sequence[str], at: int) -> bool:
    """ "4 mg/day" is one thing; "SI/HI" is two."""
    return keys[at] == "/" and keys[at + 1 : at + 2] != [] and keys[at + 1] in _PER


def _is_full_stop(keys: Sequence[str], at: int) -> bool:
    if keys[at] != "." or not at:
        return keys[at] in STRONG
    is_number = keys[at - 1] == "no" and at + 1 < len(keys) and keys[at + 1].isdecimal()
    return keys[at - 1] not in _TITLES and not is_number  # "Dr. Smith", "treatment no. 2"


def _begins(keys: Sequence[str], at: int) -> bool:
    """A comma before `Neck:` and the number of a list (`2)`) begin a clause."""
    if keys[at] == ",":
        return ":" in keys[at + 2 : at + 4]
    return keys[at].isdecimal() and keys[at + 1 : at + 2] == [")"] and keys[at - 1 : at] != ["("]


def _says_something(keys: Sequence[str], start: int) -> bool:
    """After `and`: a new statement ("and sleeps well") rather than one more thing of a list."""
    if keys[start : start + 1] == ["that"]:  # "denies A and that B"
        return False
    ahead = takewhile(lambda k: k not in STRONG and k not in WEAK, keys[start : start + _AHEAD])
    return says_so([*ahead], has_value=False)


def pieces(keys: Sequence[str], clause: Sequence[int], piece: Sequence[int]) -> list[Piece]:
    found = []
    start = 0
    while start < len(keys):
        end = bisect_left(piece, piece[start] + 1)
        said = tuple(k for k in keys[start:end] if k[0].isalnum() or k == "+")
        is_finite = not words("clauses", "finite").isdisjoint(said)
        is_saying = says_so(said)
        found.append(Piece(start, end, clause[start], said, is_saying, is_finite))
        start = end
    # Numbers of pieces count from the first token's, which may open a clause of its own.
    return found if not piece or piece[0] == 0 else [Piece(0, 0, 0, (), False, False), *found]


def says_so(said: Iterable[str], has_value: bool = True) -> bool:
    """Does a comma piece say something of its own: a verb, or a value ("HR 80")?"""
    finite, states = words("clauses", "finite"), words("clauses", "states")
    return any(w in finite or w in states or (has_value and w[0].isdecimal()) for w in said)
