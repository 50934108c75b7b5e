"""A statement beside what it cites, and where that is silent beside the whole chart."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

from service.chart.models import SourceRecord
from service.drafting.quotes import find
from service.facts.doses import LISTS
from service.reading.assertions import Assertion
from service.reading.layout import Section
from service.reading.read import read_statement
from service.reading.reading import Reading
from service.reading.record import read_record
from service.reading.structure.words import section_of
from service.summary.document import OWN, Citation, Placed
from service.summary.vocabulary import Support
from service.verification.bearing.assess import assess, says_nothing
from service.verification.bearing.closest import Closest, Embed
from service.verification.bearing.judge import judge
from service.verification.bearing.pool import Held, Pool, Source
from service.verification.bearing.same import reads_alike
from service.verification.bearing.texts import of_line, of_reading, of_text
from service.verification.bearing.verbatim import DENIALS, PLAIN, likeness, plain_words
from service.verification.composed import Cited, assess_items, is_composed
from service.verification.entailment.scorer import Scorer
from service.verification.frame import frame, frame_reasons
from service.verification.language import in_offered_words
from service.verification.models import Assessment, Reason, Span
from service.verification.once import Once
from service.verification.rows import Cited as OfRow
from service.verification.rows import assess_row, is_row
from service.verification.whole import in_part

Read = Callable[[SourceRecord], Reading]

MOST_ANSWERS = 4_000  # statements; of one chart some 20 people edit at once
MOST_MADE = 40
LIKE_A_LINE = 0.4  # of the words of both
LONGEST_DENIAL = 24  # characters that a denial and the space behind it take
_DENIAL_BEFORE = re.compile(
    rf"(?<!\w)(?:{DENIALS})(?: (?:any|a|an|the|of))?[ \n]+\Z",
    re.IGNORECASE,
)


class Chart:
    """The records of a summary, each read when first asked for, and what weighs retellings. What
    is the same for every text that is checked against it is made `once`."""

    def __init__(
        self,
        records: Iterable[SourceRecord],
        *,
        read: Read = read_record,
        scorer: Scorer | None = None,
        embed: Embed | None = None,
    ) -> None:
        self.records = {record.id: record for record in records}
        self._read, self._scorer, self._embed = read, scorer, embed
        self._sources: dict[str, Source] = {}
        self._answers: Once[Assessment] = Once(MOST_ANSWERS)
        self.once: Once[Any] = Once(MOST_MADE)

    def without(self, record_ids: frozenset[str]) -> "Chart":
        """The same, of the other records."""
        if not record_ids & self.records.keys():
            return self
        left = (each for each in self.records.values() if each.id not in record_ids)
        made: Chart = self.once.get(
            ("without", record_ids),
            lambda: Chart(left, read=self._read, scorer=self._scorer, embed=self._embed),
        )
        return made

    def source(self, record_id: str) -> Source:
        if record_id not in self._sources:
            record = self.records[record_id]
            self._sources[record_id] = of_reading(record, self._read(record))
        return self._sources[record_id]

    @cached_property
    def kept(self) -> dict[str, tuple[Assertion, ...]]:
        """Record id -> what it asserts, of all of them."""
        return {each: self.source(each).reading.assertions for each in self.records}

    def assessed(self, placed: Placed) -> Assessment:
        """What assess_placed finds anywhere in it; the same words with the same citations under
        the same heading are assessed once."""
        key = (placed.statement, placed.section.title)
        found = self._answers.get(key, lambda: assess_placed(placed, self, anywhere=True))
        return replace(found, index=placed.index)

    def anywhere(self, text: str, title: str) -> Assessment:
        """What all of it says of these words under that heading, whatever they cite."""
        said = _said(title, frame(text).body)
        return self._answers.get((text, title), lambda: self.beside(said, self.everything))

    @cached_property
    def everything(self) -> Pool:
        """Of most drafts never asked for: most statements are borne out where they say."""
        return Pool([self._told(each) for each in self.records])

    def _told(self, record_id: str) -> Source:
        """What a record says; of one of whose elements our reader makes nothing, our rendering."""
        source, record = self.source(record_id), self.records[record_id]
        if source.reading.assertions or record.is_note:
            return source
        rendered = of_text(source.id, source.text, source.date)
        return replace(source, reading=rendered.reading)

    def cited(self, spans: Sequence[Span]) -> Pool:
        """The units that the cited places touch. Of what our reader makes nothing, our rendering,
        which is what a draft tells."""
        records = list(dict.fromkeys(span.record_id for span in spans))
        places = [(span.source, span.start, span.end) for span in spans]
        pool = Pool([self.source(each) for each in records], places=places)
        told = {unit.source.id for unit in pool.units}
        silent = [of_text(s.source, s.quote, self.day_of(s)) for s in spans if s.source not in told]
        return replace(pool, whole=silent) if silent else pool

    def _as_lines(self, said: Reading, pool: Pool) -> Pool:
        """Where a statement is a record's line in other words or another order, that line too, read
        as the statement is: it tells more than the record has elements for."""
        lines = [
            of_line(unit)
            for unit in pool.units
            if (record := self.records.get(unit.source.record_id)) and not record.is_note
            if likeness(said.text, unit.text) >= LIKE_A_LINE
        ]
        return replace(pool, whole=(*pool.whole, *lines)) if lines else pool

    def day_of(self, span: Span) -> str:
        return self.source(span.record_id).date

    def beside(self, said: Reading, pool: Pool) -> Assessment:
        together = pool.places is not None
        pool = self._as_lines(said, pool) if together else pool
        judged = [judge(said, pool)]
        [found] = assess(judged, Closest(pool, self._embed), self._scorer, together=together)
        return found


def assess_placed(placed: Placed, chart: Chart, *, anywhere: bool = False) -> Assessment:
    """The answer for one statement of a document, with its place in it. A quote that is not in its
    record is not found. What its citations neither bear nor deny is looked for in the whole chart
    (`anywhere`): there it is true, but cited wrongly, and the reason says where. What a person
    says of their own need not be in it."""
    cited, lost = _places(placed.statement.citations, chart)
    if not lost and is_composed(placed):
        records = [chart.records[span.record_id] for span in cited]
        alone = partial(assess_placed, chart=chart, anywhere=anywhere)
        return assess_items(placed, Cited(records), alone)
    if not lost and cited and is_row(placed):
        return assess_row(placed, [_cell(span, chart) for span in cited])
    if lost:
        found = Assessment(placed.index, Support.NOT_FOUND, 0.0, tuple(lost), tuple(cited))
    else:
        found = _against(placed, cited, chart)
    if anywhere and not lost and found.support is Support.NOT_FOUND:
        found = _elsewhere(placed, cited, chart) or found
    if placed.statement.writer == OWN and not lost and found.support is Support.NOT_FOUND:
        found = Assessment(placed.index, Support.NOT_CHECKABLE, 0.5)
    return replace(found, index=placed.index)


def _cell(span: Span, chart: Chart) -> OfRow:
    record = chart.records[span.record_id]
    return OfRow(span, record, chart.source(span.record_id).reading.assertions)


def _against(placed: Placed, cited: Sequence[Span], chart: Chart) -> Assessment:
    records = [(chart.records[span.record_id], span) for span in cited]
    titles, of_notes = [r.title for r, _ in records], any(r.is_note for r, _ in records)
    framed = frame(placed.statement.text, titles, of_notes=of_notes)
    day = chart.day_of(cited[0]) if cited else ""
    said, spans = _said(placed.section.title, framed.body, on=day), tuple(cited)
    if not cited and says_nothing(said):
        return Assessment(placed.index, Support.NOT_CHECKABLE, 0.5)
    if not cited:
        return Assessment(placed.index, Support.NOT_FOUND, 0.0, (Reason("citation", "this"),), ())
    pool, is_quoted = chart.cited(cited), _is_quoted(framed.body, said, cited, on=day)
    if is_quoted and all(_stands(unit, cited, said) for unit in pool.units):
        found = Assessment(placed.index, Support.SUPPORTED, 1.0)
    else:
        found = chart.beside(said, pool)
    if is_quoted and found.support is not Support.CONTRADICTED:
        found = replace(found, support=Support.SUPPORTED, score=1.0, reasons=())
    elif found.support is not Support.SUPPORTED:
        found = _in_offered_words(framed.body, cited, chart) or found
    orders = [r.id for r, _ in records if r.resource_type in LISTS]
    is_borne = found.support is Support.SUPPORTED and bool(orders)
    told = [chart.source(each).reading.assertions for each in orders] if is_borne else []
    if wrong := [*frame_reasons(framed, records), *in_part(said.assertions, told)]:
        found = replace(found, support=Support.CONTRADICTED, score=0.1, reasons=tuple(wrong))
    return replace(found, evidence=spans)


def _said(title: str, body: str, on: str = "") -> Reading:
    """Under a heading of the family, what is said is of the family; `on` is the day of the source,
    whose "today" a draft repeats."""
    known = section_of(title)
    is_family = known is not None and known[0] is Section.FAMILY
    section = Section.FAMILY if is_family else Section.OTHER
    return read_statement(body, on=on, section=section)


def _is_quoted(body: str, said: Reading, cited: Sequence[Span], *, on: str) -> bool:
    """Is it one of the quotes, or all of them in order, but for case and punctuation and for words
    that are read alike?"""
    quotes = [span.quote for span in cited]
    words, held = plain_words(body), [plain_words(each) for each in quotes]
    if words in held or words == " ".join(held):
        return True
    ways = [[each] for each in quotes] + ([quotes] if len(quotes) > 1 else [])
    return any(reads_alike(said, each, on=on) for each in ways)


def _stands(unit: Held, cited: Sequence[Span], said: Reading) -> bool:
    """Does a quote of it say what it says there: under no header that denies, or with it, and of
    the family only where the statement is?"""
    laid = unit.source.reading.structure.units[unit.number]
    of_family = [each.section is Section.FAMILY for each in (laid, said.structure.units[0])]
    if of_family == [True, False]:
        return False
    if laid.stance in PLAIN or laid.header is None or not unit.source.record_id:
        return True
    return any(s.source == unit.source.id and s.start <= laid.header.start for s in cited)


def _in_offered_words(body: str, cited: Sequence[Span], chart: Chart) -> Assessment | None:
    """A rewrite that a finding offered is borne by the judging words in whose place it stands."""
    quotes = [in_offered_words(span.quote) for span in cited]
    if quotes == [span.quote for span in cited]:
        return None
    pool = Pool([of_text(s.source, q) for s, q in zip(cited, quotes, strict=True)])
    said = read_statement(in_offered_words(body))
    found = chart.beside(said, pool)
    return found if found.support is Support.SUPPORTED else None


def _elsewhere(placed: Placed, cited: Sequence[Span], chart: Chart) -> Assessment | None:
    found = chart.anywhere(placed.statement.text, placed.section.title)
    if found.support is not Support.SUPPORTED or not found.evidence:
        return None
    record = chart.records[found.evidence[0].record_id]
    told = ", ".join(f"“{span.quote[:80]}”" for span in cited[:2]) or "nothing"
    source = " ".join(each for each in (record.title or "note", record.effective[:10]) if each)
    reasons = (Reason("citation", told, source),)
    return replace(found, score=found.score * 0.9, reasons=reasons, evidence=found.evidence[:1])


def _places(citations: Iterable[Citation], chart: Chart) -> tuple[list[Span], list[Reason]]:
    """Where the quotes stand, and those that stand nowhere."""
    cited, lost = [], []
    for citation in citations:
        place = _place(citation, chart.records.get(citation.record_id))
        if place is None:
            lost.append(Reason("quote", f"“{citation.quote[:120]}”"))
        else:
            cited.append(place)
    return cited, lost


def _place(citation: Citation, record: SourceRecord | None) -> Span | None:
    match = find(citation.quote, record.text) if record else None
    if record is None or match is None:
        return None
    start, end = match.start, match.end
    if record.text[citation.start : citation.end] == citation.quote:
        start, end = citation.start, citation.end
    start, end = _whole_words(record.text, start, end)
    return Span(record.resource_ref, start, end, record.text[start:end], record.id)


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """A quote cut inside a word or behind its denial bears what it says uncut: "ther" was "mother",
    "change in meds" was "no change in meds"."""
    while 0 < start < len(text) and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while 0 < end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    denied = _DENIAL_BEFORE.search(text, max(0, start - LONGEST_DENIAL), start)
    return (denied.start() if denied else start), end
