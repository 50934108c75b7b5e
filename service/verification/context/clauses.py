"""A sentence cut into clauses and comma pieces, and how far each cue reaches in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from service.verification.context.cues import Found, listed
from service.verification.context.tokens import Token
from service.verification.words import load

STRONG = frozenset(";.!?\n•·|")
WEAK = frozenset(",()[]/–—")
LONG_LIST_WORDS = 4  # more words than these in a comma piece say something, they list nothing
_QUOTES = ('"', "“", "”")
_SOON = 4  # words within which a colon opens the list that a cue speaks of ("return if you have:")
_BARE = ("no", "not", "never", "none", "nil")  # "A yes, B no"; "A, B denied"
_ANSWERED = (":", "-", "–", "—", "=")
_VALUE = re.compile(r"\d[\d.,/%]*")
_JOINS = ("or", "nor", "and", "and/or", "&", "/")


@dataclass(frozen=True)
class Line:
    """A sentence's tokens, each with the number of its clause and of its comma piece."""

    tokens: Sequence[Token]
    clause: Sequence[int]
    piece: Sequence[int]
    keys: Sequence[str]

    @classmethod
    def of(cls, found: Sequence[Token]) -> "Line":
        keys = [token.key for token in found]
        ends = {f.first for f in listed("stops", "clause").all(keys)}
        clause, piece, in_clause, in_piece = [], [], 0, 0
        for at, key in enumerate(keys):
            if key in STRONG or at in ends or _begins(found, at):
                in_clause += 1
                in_piece += 1
            elif key in WEAK or (key == "and" and _says_something(keys, at + 1)):
                in_piece += 1
            clause.append(in_clause)
            piece.append(in_piece)
        return cls(found, clause, piece, keys)

    def reach(self, found: Found, reach: str, stops: set[int]) -> range:
        """The tokens that a cue changes."""
        size, first, last = len(self.keys), found.first, found.last
        if reach == "none":
            return range(0)
        if reach == "sentence":
            return self._sentence(found)
        if reach in ("back", "closing", "beside", "around"):
            is_answer = reach in ("back", "around") or self._closes(found) or last in stops
            return self._behind(found, reach) if is_answer else range(0)
        end, depth = last, 0
        while end < size and end not in stops and self._goes_on(first, end, reach):
            depth += (self.keys[end] in "([") - (self.keys[end] in ")]")
            if depth < 0:  # the bracket that the cue stands in closes
                break
            end += 1
        return range(last, end)

    def _sentence(self, found: Found) -> range:
        """To the end of what is said; a cue in quotation marks reaches to their end only."""
        keys, end = self.keys, found.last
        goes_on = ":" in keys[end : end + _SOON]
        is_quoted = sum(key in _QUOTES for key in keys[: found.first]) % 2 == 1
        while end < len(keys) and (goes_on or keys[end] not in STRONG):
            if is_quoted and keys[end] in _QUOTES:
                break
            end += 1
        return range(found.last, end)

    def _closes(self, found: Found) -> bool:
        last = found.last
        return (
            last == len(self.keys)
            or self.keys[found.first - 1 : found.first] == ["("]
            or self.piece[last] != self.piece[found.first]
            or self.keys[last] in load("context.toml")["closers"]["words"]
        )

    def turned(self, found: Found) -> str:
        """How far back a cue reaches that stands behind what it speaks of; "" where it does not."""
        if self.is_answer(found):
            return "back"
        is_ahead = found.cue.gives == "negated" and found.cue.reach in ("clause", "piece")
        if not is_ahead or not self.is_verdict(found):
            return ""
        return "beside" if self.keys[found.first] in _BARE else "back"

    def is_answer(self, found: Found) -> bool:
        """A cue between a colon or dash and the end of its piece ("SI: denies, HI: denies")."""
        before = self.keys[found.first - 1] if found.first else ""
        after = self.keys[found.last] if found.last < len(self.keys) else "."
        return before in _ANSWERED and (after in STRONG or after in WEAK)

    def is_verdict(self, found: Found) -> bool:
        """A cue that ends what it speaks of: "SI denied, sleeps well"."""
        after = self.keys[found.last] if found.last < len(self.keys) else "."
        before = [
            k
            for k, p in zip(self.keys[: found.first], self.piece, strict=False)
            if p == self.piece[found.first] and k[0].isalnum()
        ]
        says = load("context.toml")["people"]["patient"]
        return (after in STRONG or after in WEAK) and any(word not in says for word in before)

    def _behind(self, found: Found, reach: str) -> range:
        """Backwards: `back` to the cue; `around` also to the end of its piece."""
        here = self.piece
        start = found.first
        if start > 1 and self.keys[start - 1] == "(":  # "latex (refuted, 2024-01-15)"
            start -= 1
        opened = start
        while start > 0 and (
            here[start - 1] == here[opened - 1 if opened < found.first else found.first]
            or (reach != "beside" and self._lists_into(start, found))
        ):
            start -= 1
        end = found.first
        while reach == "around" and end < len(self.keys) and here[end] == here[found.first]:
            end += 1
        return range(start, end)

    def _lists_into(self, start: int, found: Found) -> bool:
        """Does the piece before belong to one list with this one ("A, B and C were denied")?"""
        at = start - 1
        if self.clause[at] != self.clause[found.first] or self.keys[at] in "()[]":
            return False
        words = self._words_of(self.piece[at])
        return len(words) <= LONG_LIST_WORDS and not _says_so(words)

    def _goes_on(self, first: int, at: int, reach: str) -> bool:
        """Does the reach of a cue at `first` still hold at token `at`?"""
        if self.clause[at] != self.clause[first]:
            return False
        if self.piece[at] == self.piece[first] or self.piece[at] == self.piece[at - 1]:
            return True
        if reach == "near":
            return False
        if reach == "clause" or self.keys[at] in "()[]":
            return not _predicate(self._words_of(self.piece[at]), "finite")
        return self._is_listed(self.piece[at], self.clause[at])

    def _is_listed(self, piece: int, clause: int) -> bool:
        """Is a comma piece one more thing of the list, or one before its `or`?"""
        words = self._words_of(piece)
        first = [*takewhile(lambda word: word not in ("or", "nor"), words)]
        if _says_so(first):  # behind an "or" the denial goes on, verb or not
            return False
        if words[:1] and words[0] in ("or", "nor", "and/or"):
            return True
        if len([w for w in words if w not in _JOINS]) <= LONG_LIST_WORDS:
            return True
        rest = [
            k
            for k, c, p in zip(self.keys, self.clause, self.piece, strict=True)
            if c == clause and p >= piece
        ]
        return "or" in rest or "nor" in rest

    def _words_of(self, piece: int) -> list[str]:
        return [
            k
            for k, p in zip(self.keys, self.piece, strict=True)
            if p == piece and (k[0].isalnum() or k == "+")
        ]


def _says_so(words: Sequence[str]) -> bool:
    """Does a comma piece say something of its own: a verb, or a value ("HR 80")?"""
    return _predicate(words, "finite", "states") or any(_VALUE.fullmatch(word) for word in words)


def _says_something(keys: Sequence[str], start: int) -> bool:
    """After `and`: a new statement ("and sleeps well") rather than one more thing of a list."""
    if keys[start : start + 1] == ["that"]:  # "denies A and that B"
        return False
    ahead: list[str] = []
    for key in keys[start : start + 6]:
        if key in STRONG or key in WEAK:
            break
        ahead.append(key)
    return _predicate(ahead, "finite", "states")


def _begins(found: Sequence[Token], at: int) -> bool:
    """A comma before `Neck:` and the number of a list (`2)`) begin a clause."""
    ahead = [token.key for token in found[at + 1 : at + 4]]
    if found[at].key == ",":
        return ":" in ahead[1:]
    return found[at].key.isdigit() and ahead[:1] == [")"] and (at == 0 or found[at - 1].key != "(")


@lru_cache(maxsize=4)
def _words(kind: str) -> frozenset[str]:
    return frozenset(load("context.toml")["predicates"][kind])


def _predicate(words: Sequence[str], *kinds: str) -> bool:
    return any(word in _words(kind) for kind in kinds for word in words)
