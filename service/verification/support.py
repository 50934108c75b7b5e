"""One statement against the text that it cites: which of the four answers, and why."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from service.summary.vocabulary import Support
from service.verification.altered import changes, new_clinical_words
from service.verification.context.compare import context_reasons
from service.verification.facts import Fact, agrees, facts
from service.verification.frame import Frame, frame
from service.verification.models import Assessment, Reason, Span
from service.verification.risk.reasons import carried_words, risk_reasons
from service.verification.words import content, is_clinical, stem, stems

ENOUGH_WORDS = 0.6  # below this share of its words in the source, a statement says something else
NEAR = 0.5  # a sentence of the source that has this share of a statement's words is about it
ALIKE = 86.0  # two stems this alike are one word misspelt or inflected


@dataclass(frozen=True)
class Cited:
    """A place in a source, with the whole text round it and the dates that belong to it."""

    span: Span
    context: str
    dates: tuple[str, ...] = ()
    title: str = ""
    is_note: bool = True
    headed: str = ""  # the quote behind the heading that decides how it is meant, if one does


@dataclass
class _Bench:
    """The sources of one statement, each fact of them read once."""

    cited: Sequence[Cited]
    quotes: str = field(init=False)
    headed: str = field(init=False)
    quoted: list[Fact] = field(init=False)

    def __post_init__(self) -> None:
        self.quotes = "\n".join(c.span.quote for c in self.cited)
        self.headed = _headed(self.cited)
        dates = " ".join(day for c in self.cited for day in c.dates)
        self.quoted = facts(self.quotes) + facts(dates)

    def near(self, body: str) -> str:
        """What else the cited records say on the same thing."""
        wanted = stems(body)
        kept = [piece for c in {id(c.context): c for c in self.cited}.values()
                for piece in _pieces(c) if _share(wanted, stems(piece)) >= NEAR]  # fmt: skip
        return "\n".join(kept)

    def words(self) -> frozenset[str]:
        return frozenset().union(*(stems(c.context) for c in self.cited), stems(self.quotes))


def assess(
    index: int, text: str, cited: Sequence[Cited], *, under: str = ""
) -> Assessment:  # fmt: skip
    """The answer for one statement, with reasons in words and the evidence spans.

    `under` is the heading of its section where that decides how it is meant.
    """
    spans = tuple(c.span for c in cited)
    framed = Frame(text) if _is_verbatim(text, cited) else frame(text)
    if not content(framed.body) and not facts(framed.body):
        return Assessment(index, Support.NOT_CHECKABLE, 0.5, (), spans)
    if not cited:
        return Assessment(index, Support.NOT_FOUND, 0.0, (Reason("citation", "this"),), ())
    reasons = _frame_reasons(framed, cited)
    said = f"{under}: {framed.body}" if under else framed.body
    reasons += risk_reasons(said, _headed(cited))
    verbatim = _is_verbatim(framed.body, cited)
    coverage = 1.0
    if not verbatim:
        bench = _Bench(cited)
        reasons += _fact_reasons(framed.body, bench) + _pair_reasons(framed.body, bench)
        reasons += context_reasons(said, bench.headed) or _altered(framed.body, cited, reasons)
        coverage, strange = _words(framed.body, bench)
        reasons += strange
    support = _support(reasons, coverage)
    return Assessment(index, support, _score(support, coverage, verbatim), tuple(reasons), spans)


def _headed(cited: Sequence[Cited]) -> str:
    return "\n".join(c.headed or c.span.quote for c in cited)


def _is_verbatim(body: str, cited: Sequence[Cited]) -> bool:
    plain = _plain(body)
    quotes = [_plain(c.span.quote) for c in cited]
    return plain in quotes or plain == " ".join(quotes)


def _plain(text: str) -> str:
    """Words, numbers and signs that change a value; nothing that only sets the page."""
    return " ".join(re.findall(r"[^\W_]+(?:[.,/'’-][^\W_]+)*|[<>≤≥↑↓%+]", text.casefold()))


def _frame_reasons(framed: Frame, cited: Sequence[Cited]) -> list[Reason]:
    """The attribution and the counts that a draft adds round what it quotes."""
    days = {day[:10] for c in cited for day in c.dates}
    reasons = [
        Reason("date", day, ", ".join(sorted(days)[:3]) or "no date", True)
        for day in framed.days
        if day not in days
    ]
    titles = frozenset().union(*(stems(c.title) for c in cited))
    if framed.title and not stems(framed.title) <= titles:
        reasons.append(Reason("source", framed.title, cited[0].title, True))
    sources = len({c.span.source for c in cited})
    if framed.count is not None and framed.count != sources:
        reasons.append(Reason("number", f"{framed.count} records", f"{sources}", True))
    return reasons


def _fact_reasons(body: str, bench: _Bench) -> list[Reason]:
    said = facts(body)
    doubted = [fact for fact in said if not agrees(fact, bench.quoted)]
    if not doubted:
        return []
    near = facts(bench.near(body))
    return [_reason(f, said, bench.quoted) for f in doubted if not agrees(f, near)]


def _reason(fact: Fact, said: list[Fact], quoted: list[Fact]) -> Reason:
    """A contradiction when the source has another value in this one's place; else not found."""
    instead = [q for q in quoted if _is_rival(fact, q) and not agrees(q, said)]
    if instead:
        return Reason(fact.check, fact.said.strip(), instead[0].said.strip(), True)
    return Reason(fact.check, fact.said.strip())


def _is_rival(fact: Fact, other: Fact) -> bool:
    if fact.check != other.check:
        return False
    kinds = [
        v.value[0] for v in (fact, other) if isinstance(v.value, tuple) and fact.check != "date"
    ]
    return len(kinds) != 2 or kinds[0] == kinds[1] or fact.check == "number"


_POINT = re.compile(r"(?<![\w.-])(-?\d+(?:\.\d+)?)[^(),;\d]*\((\d{4}-\d{2}(?:-\d{2})?)\)")


def _pair_reasons(body: str, bench: _Bench) -> list[Reason]:
    """`21 (2024-01-03)`: some one source must have the value with that date."""
    if len(bench.cited) < 2:
        return []
    held = [f"{c.span.quote} {' '.join(c.dates)}" for c in bench.cited]
    return [
        Reason("date", f"{value} on {day}", "another value for that date", True)
        for value, day in _POINT.findall(body)
        if not any(day in text and re.search(rf"(?<![\d.]){re.escape(value)}(?![\d.]*\d)", text)
                   for text in held)
    ]  # fmt: skip


def _altered(body: str, cited: Sequence[Cited], known: list[Reason]) -> list[Reason]:
    """Changes against the quote most like the statement; none where one is already known."""
    if any(reason.contradicts for reason in known) or _POINT.search(body):
        return []
    quotes = [c.span.quote for c in cited] + [" ".join(c.span.quote for c in cited)]
    return changes(body, max(quotes, key=lambda quote: fuzz.ratio(quote, body)))


def _words(body: str, bench: _Bench) -> tuple[float, list[Reason]]:
    """The share of the statement's words that the sources have, and words that are new to them."""
    carried = carried_words(body, bench.headed)
    held = bench.words() | stems(carried)
    said = content(body)
    missing = [word for word in said if not _has(stem(word), held)]
    coverage = 1 - len(missing) / len(said) if said else 1.0
    strange = new_clinical_words(body, f"{bench.quotes} {carried}", bench.near(body))
    strange += [Reason("name", word) for word in missing
                if word[:1].isupper() and f" {word}" in body and not is_clinical(word)]  # fmt: skip
    if coverage < ENOUGH_WORDS and not strange:
        strange = [Reason("words", ", ".join(missing[:5]))]
    return coverage, strange


def _has(word: str, held: frozenset[str]) -> bool:
    if word in held:
        return True
    return len(word) > 4 and bool(
        process.extractOne(word, held, scorer=fuzz.ratio, score_cutoff=ALIKE)
    )


def _support(reasons: list[Reason], coverage: float) -> Support:
    if any(reason.contradicts for reason in reasons):
        return Support.CONTRADICTED
    return Support.NOT_FOUND if reasons or coverage < ENOUGH_WORDS else Support.SUPPORTED


def _score(support: Support, coverage: float, verbatim: bool) -> float:
    if support is Support.SUPPORTED:
        return 1.0 if verbatim else 0.6 + 0.35 * coverage
    return 0.1 * coverage if support is Support.CONTRADICTED else 0.1 + 0.3 * coverage


def _pieces(cited: Cited) -> list[str]:
    """Sentences of a note; a structured record is one piece, it speaks of one thing."""
    if not cited.is_note:
        return [cited.context]
    return re.split(r"(?<=[.;!?])\s+|\n", cited.context)


def _share(wanted: frozenset[str], held: frozenset[str]) -> float:
    return len(wanted & held) / len(wanted) if wanted else 0.0
