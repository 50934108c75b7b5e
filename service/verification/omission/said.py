"""What a summary says, line by line, and whether a thing that it must carry is among it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from service.retrieval.sentences import sentence_spans
from service.verification.facts import Fact, agrees, facts
from service.verification.omission.lexicon import hits, marks, outer
from service.verification.omission.meant import is_denied
from service.verification.omission.medicines import joined
from service.verification.omission.must import Anchor, MustSay, Part
from service.verification.risk.carried import missing_of
from service.verification.risk.mentions import mentions

MEASURED = ("drug:", "score:", "result:")  # what has a dose or a value of its own
ALIKE = 5  # letters that two words must begin with to be one word written two ways


@dataclass(frozen=True)
class Line:
    """A sentence of the summary."""

    text: str

    @cached_property
    def marks(self) -> frozenset[str]:
        """Of a preparation of two medicines only the leading one is named."""
        drugs = {hit.key for hit in hits(self.text) if hit.key.startswith("drug:")}
        if len(drugs) < 2:
            return marks(self.text)
        return (marks(self.text) - drugs) | {h.key for h in joined(hits(self.text), self.text)}

    @cached_property
    def facts(self) -> list[Fact]:
        return facts(self.text)

    def of(self, anchor: Anchor) -> list[str]:
        """What the line says of the thing where it names several: each up to the next one, or
        what stands before the first."""
        kinds = tuple({key.partition(":")[0] for key in anchor.keys}) or MEASURED
        starts = sorted({h.start for h in outer(hits(self.text)) if h.key.startswith(kinds)})
        own = {h.start for h in hits(self.text) if h.key in anchor.keys}
        if len(starts) < 2 or not own:
            return [self.text]
        ends = dict(zip(starts, [*starts[1:], len(self.text)], strict=True))
        pieces = [self.text[at : ends[at]] for at in sorted(own) if at in ends]
        return [*pieces, self.text[: starts[0]]] if starts[0] in own else pieces

    def denies(self, key: str) -> bool | None:
        """Is the thing denied here? None where both are said, or it is not named."""
        told = {is_denied(self.text, hit) for hit in hits(self.text) if hit.key == key}
        return told.pop() if len(told) == 1 else None


class Said:
    """The lines of a summary, found by what they speak of."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = [Line(text[a:b]) for a, b in sentence_spans(text)]
        self._found_in: dict[str, list[int]] = defaultdict(list)
        for number, line in enumerate(self.lines):
            for mark in line.marks:
                self._found_in[mark].append(number)

    def missing(self, must: MustSay) -> tuple[str, ...] | None:
        """The parts not said; () when all is; None where the thing itself is not named."""
        if must.risk:
            return missing_of(must.risk, mentions(self.text), self.text)
        named = list(self._named(must.anchor))
        if not named:
            return None
        return tuple(part.name for part in must.parts if not self._has(part, named, must.anchor))

    def _named(self, anchor: Anchor) -> Iterator[int]:
        near = {n for key in anchor.keys for n in self._found_in.get(key, ())}
        yield from sorted(near)
        wanted = anchor.words
        if not near and wanted:
            shares = ((self.share(wanted, anchor.values, n), n) for n in self._sharing(wanted))
            yield from (n for share, n in sorted(shares, reverse=True) if share >= anchor.enough)

    def _sharing(self, words: Iterable[str]) -> set[int]:
        return {n for word in words for n in self._lines_with(word)}

    def _lines_with(self, word: str) -> list[int]:
        if word in self._found_in or len(word) < ALIKE:
            return self._found_in.get(word, [])
        return self._found_in.get(self._alike(word), [])

    def _alike(self, word: str) -> str:
        """Another form of the word that the summary uses: "sulfa" for "sulfamethoxazole"."""
        return next(
            (
                m
                for m in self._found_in
                if len(m) >= ALIKE and ":" not in m and (word.startswith(m) or m.startswith(word))
            ),
            "",
        )

    def share(self, words: frozenset[str], values: tuple[Fact, ...], number: int) -> float:
        """How much of the words and values stands in a line and those next to it, 0 to 1."""
        near = self.lines[max(0, number - 1) : number + 2]
        held = frozenset().union(*(line.marks for line in near))
        told = [fact for line in near for fact in line.facts]
        said = sum(w in held or self._alike_in(w, held) for w in words)
        said += sum(agrees(value, told) for value in values)
        return said / (len(words) + len(values))

    @staticmethod
    def _alike_in(word: str, held: frozenset[str]) -> bool:
        return len(word) > ALIKE and any(h[:ALIKE] == word[:ALIKE] and ":" not in h for h in held)

    def _has(self, part: Part, named: list[int], anchor: Anchor) -> bool:
        if part.denied is not None:
            told = {self.lines[n].denies(key) for n in named for key in anchor.keys}
            return part.denied in told or None in told
        if part.values and any(self._has_value(part, n, anchor) for n in named):
            return True
        near = {m for n in named for m in (n - 1, n, n + 1) if 0 <= m < len(self.lines)}
        return bool(part.words) and any(self.share(part.words, (), m) >= part.enough for m in near)

    def _has_value(self, part: Part, number: int, anchor: Anchor) -> bool:
        """Is the value said of the thing: in its line, or in the next where that names no other?"""
        told = [fact for piece in self.lines[number].of(anchor) for fact in facts(piece)]
        if number + 1 < len(self.lines) and not _names_another(self.lines[number + 1]):
            told += self.lines[number + 1].facts
        return any(agrees(value, told) for value in part.values)


def _names_another(line: Line) -> bool:
    return any(mark.startswith(MEASURED) for mark in line.marks)
