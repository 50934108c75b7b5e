"""How far a cue reaches in a phrase that is cut into clauses and comma pieces."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from service.reading.scope.phrases import Found, words
from service.reading.scope.pieces import STRONG, WEAK, Piece, cut, pieces, says_so
from service.reading.scope.tokens import Token

JOINS = frozenset(("or", "nor", "and", "and/or", "&", "/", "as", "well"))
_BRACKETS = frozenset("()[]")
_OPENERS = frozenset(
    ("but", "yet", "though", "although", "and", "then", "later", "was", "has", "been")
)
_QUOTES = ('"', "“", "”")
_ANSWERED = (":", "-", "–", "—", "=")
_CONTRASTS = (("just",), ("only",), ("rather",), ("merely",), ("simply",), ("more",))
_VERDICTS = frozenset(("neg", "negative", "nil", "none", "denied", "absent"))
_DENIALS = frozenset(("no", "never", "denies"))  # before a thing: "no seizures, cannabis none"
_SUBJECTS = ("she", "he", "they", "patient", "pt")
_BARE = ("no", "not", "never", "none", "nil")  # "A yes, B no"; "A, B denied"
_LONGEST_LIST = 60  # things that one denial reaches: what a hostile text can cost
_LONG_LIST_WORDS = 4  # more words than these in a comma piece say something, they list nothing
_SOON = 4  # words within which a colon opens the list that a cue speaks of ("return if you have:")


@dataclass(frozen=True, slots=True)
class Line:
    """A phrase's tokens, each with the number of its clause and of its comma piece; `dosed` are
    those that tell a dose and how it is taken."""

    tokens: Sequence[Token]
    keys: Sequence[str]
    marks: Sequence[str]
    clause: Sequence[int]
    piece: Sequence[int]
    pieces: Sequence[Piece]
    last_or: dict[int, int] = field(default_factory=dict)  # by clause, the last "or" in it
    dosed: frozenset[int] = frozenset()

    @classmethod
    def of(cls, found: Sequence[Token], dosed: Iterable[int] = ()) -> "Line":
        keys = [token.key for token in found]
        marks = [token.mark for token in found]
        clause, piece = cut(found, keys, marks)
        last_or = {clause[n]: n for n, key in enumerate(keys) if key in ("or", "nor")}
        return cls(
            found,
            keys,
            marks,
            clause,
            piece,
            pieces(keys, clause, piece),
            last_or,
            frozenset(dosed),
        )

    def reach(self, found: Found, reach: str, stops: Sequence[int] = ()) -> range:
        """The tokens that a cue changes; `stops` are sorted."""
        if reach == "none":
            return range(0)
        if reach == "sentence":
            return self._sentence(found)
        if reach == "either":
            reach = "back" if self._closes(found, stops) or self._has_thing(found) else "piece"
        if reach in ("back", "closing", "beside", "around"):
            if reach in ("back", "around") or self._closes(found, stops):
                return self._behind(found, reach)
            return self._ahead(found, "near", stops) if self._opens(found) else range(0)
        return self._ahead(found, reach, stops)

    def _has_thing(self, found: Found) -> bool:
        """Is more than the patient named before it ("lithium was not given for sleep")?"""
        nobody = words("people", "patient") | words("clauses", "helping")
        start = self.pieces[self.piece[found.first]].start
        return any(k[0].isalnum() and k not in nobody for k in self.keys[start : found.first])

    def _opens(self, found: Found) -> bool:
        """ "Negative fever, negative cough"."""
        piece = self.pieces[self.piece[found.first]]
        said = any(key[0].isalnum() for key in self.keys[piece.start : found.first])
        return not said and self.keys[found.first] in ("negative", "absent")

    def clause_span(self, at: int) -> tuple[int, int]:
        """The tokens of the clause of token `at`."""
        number = self.clause[min(at, len(self.keys) - 1)]
        return bisect_left(self.clause, number), bisect_left(self.clause, number + 1)

    def _ahead(self, found: Found, reach: str, stops: Sequence[int]) -> range:
        last = found.last
        number = self.piece[found.first]
        end = self.pieces[number].end
        in_bracket = self._bracket_end(found.first)
        most = min(len(self.pieces), number + _LONGEST_LIST)
        while number + 1 < most and self._goes_on(number + 1, found.first, reach):
            number += 1
            end = self.pieces[number].end
        next_stop = bisect_left(stops, last)
        limit = stops[next_stop] if next_stop < len(stops) else end
        return range(last, max(last, min(end, limit, in_bracket)))

    def _bracket_end(self, at: int) -> int:
        """Where the bracket that a token stands in closes."""
        piece = self.pieces[self.piece[at]]
        if piece.start and self.keys[piece.start] in "([" and at > piece.start:
            for end in range(at, min(len(self.keys), at + 60)):
                if self.keys[end] in ")]":  # "refuted (does not have): pneumonia" goes on
                    return len(self.keys) if self.keys[end + 1 : end + 2] == [":"] else end
        return len(self.keys)

    def _goes_on(self, number: int, first: int, reach: str) -> bool:
        """Does a reach that began at token `first` go on into a comma piece?"""
        piece = self.pieces[number]
        if piece.clause != self.clause[first] or reach == "near":
            return False
        if self.keys[piece.start] in _BRACKETS:
            return not (piece.says_so if self.keys[piece.start] in "([" else piece.is_finite)
        if reach == "clause" and not piece.is_finite:
            return True
        return self._is_listed(piece)

    def _is_listed(self, piece: Piece) -> bool:
        """Is a comma piece one more thing of the list, or one before its `or`?"""
        said = piece.words
        first = [*takewhile(lambda word: word not in ("or", "nor"), said)]
        if self._is_verb_listed(piece):
            return True
        if says_so(first) or said[:1] in _CONTRASTS:
            return False  # behind an "or" the denial goes on, verb or not
        if said[:1] and said[0] in ("or", "nor", "and/or"):
            return True
        if sum(word not in JOINS for word in said) <= _LONG_LIST_WORDS:
            return True
        return self.last_or.get(piece.clause, -1) >= piece.start

    def _is_verb_listed(self, piece: Piece) -> bool:
        """ "Never hospitalized, attempted suicide or received ECT"."""
        is_done = bool(piece.words) and (
            piece.words[0].endswith("ed") or piece.words[0] in words("tense", "participles")
        )
        return is_done and self.last_or.get(piece.clause, -1) >= piece.start

    def _sentence(self, found: Found) -> range:
        """To the end of what is said; a cue in quotation marks reaches to their end only."""
        keys, end = self.keys, found.last
        goes_on = ":" in keys[end : end + _SOON]
        is_quoted = sum(key in _QUOTES for key in keys[: found.first]) % 2 == 1
        while end < len(keys) and (goes_on or keys[end] not in STRONG):
            if (is_quoted and keys[end] in _QUOTES) or self._tells_on(end):
                break
            end += 1
        return range(found.last, end)

    def _tells_on(self, at: int) -> bool:
        """ "Warned of bleeding, and she signed": what came of it is no condition."""
        ahead = self.keys[at + 1 : at + 3]
        is_joined = self.keys[at] in ("and", "but") and ahead[:1] != [] and ahead[0] in _SUBJECTS
        return is_joined and (ahead[-1] in words("tense", "past") or ahead[-1].endswith("ed"))

    def _closes(self, found: Found, stops: Sequence[int]) -> bool:
        last = found.last
        if last == len(self.keys) or self.keys[found.first - 1 : found.first] == ["("]:
            return True
        if self.piece[last] != self.piece[found.first]:
            return True
        is_stop = bisect_left(stops, last) < len(stops) and stops[bisect_left(stops, last)] == last
        return is_stop or self.keys[last] in words("polarity", "closers")

    def _behind(self, found: Found, reach: str) -> range:
        """Backwards: `back` to the cue; `around` also to the end of its piece."""
        number = self.piece[found.first]
        own = self.pieces[number]
        is_bracketed = self.keys[own.start] in _BRACKETS
        before = self.keys[own.start : found.first]
        has_words = any(k[0].isalnum() and k not in _OPENERS for k in before)
        # "Autism was queried but not confirmed", "cravings in May; none now"
        is_led = bool(before) and before[0] in _OPENERS and before[0] != "and"
        crosses = is_bracketed or is_led or found.cue.gives == "over"
        if number and not has_words and (crosses or self._is_same_clause(number)):
            number -= 1  # "latex (refuted, 2024-01-15)", "obstruction, resolved"
        least = max(0, number - _LONGEST_LIST)
        while reach != "beside" and number > least and self._lists_into(number):
            number -= 1
        start = self.pieces[number].start
        end = own.end if reach == "around" else found.first
        return range(start, end)

    def _is_same_clause(self, number: int) -> bool:
        return self.pieces[number - 1].clause == self.pieces[number].clause

    def _lists_into(self, number: int) -> bool:
        """Does the piece before belong to one list with this one ("A, B and C were denied")?"""
        before = self.pieces[number - 1]
        if not self._is_same_clause(number) or self.keys[before.end - 1] in _BRACKETS:
            return False
        if self.keys[self.pieces[number].start] in _BRACKETS:
            return False
        is_answered = not (_VERDICTS | _DENIALS | {"pos"}).isdisjoint(before.words)
        is_answered = is_answered or not self.dosed.isdisjoint(range(before.start, before.end))
        return len(before.words) <= _LONG_LIST_WORDS and not (before.says_so or is_answered)

    def turned(self, found: Found) -> str:
        """How far back a cue reaches that stands behind what it speaks of; "" where it does not."""
        if self.is_answer(found):
            return "back"
        is_ahead = found.cue.gives.startswith("negated") and found.cue.reach in ("clause", "piece")
        if not is_ahead or not self.is_verdict(found):
            return ""
        return "beside" if self.keys[found.first] in _BARE else "back"

    def is_answer(self, found: Found) -> bool:
        """A cue between a colon or dash and the end of its piece ("SI: denies, HI: denies")."""
        before = self.keys[found.first - 1] if found.first else ""
        return before in _ANSWERED and self.ends(found)

    def is_verdict(self, found: Found) -> bool:
        """A cue that ends what it speaks of: "SI denied, sleeps well", "alcohol, nil since May"."""
        piece = self.pieces[self.piece[found.first]]
        before = self.keys[piece.start : found.first]
        says = words("people", "patient")
        has_thing = any(k[0].isalnum() and k not in says for k in before)
        is_bare = self.keys[found.first] in ("nil", "none") and found.first > piece.start > 0
        return self.ends(found) and (has_thing or is_bare)

    def ends(self, found: Found) -> bool:
        """Does a cue stand at the end of its comma piece, or before when ("HIV neg 01/26")?"""
        if found.last == len(self.keys):
            return True
        after = self.keys[found.last]
        if after in STRONG or after in WEAK:
            return True
        is_verdict = self.keys[found.last - 1] in _VERDICTS
        return is_verdict and (after[0].isdecimal() or after in words("polarity", "closers"))
