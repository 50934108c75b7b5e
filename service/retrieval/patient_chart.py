"""One patient's open chart: the evidence for each section, best first."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from service.chart.models import SourceRecord
from service.database import now
from service.errors import CountersignError
from service.retrieval.always import Kind, kinds, kinds_of
from service.retrieval.chart_vectors import ChartVectors
from service.retrieval.cutting import age_order
from service.retrieval.evidence import Evidence, Gathered, SectionQuery, Withheld
from service.retrieval.filters import is_of_period, looked_for, passes
from service.retrieval.headings import is_under
from service.retrieval.hits import (
    Hit,
    best_first,
    factors_told,
    fitted,
    newest_first,
    ranks_told,
    root,
)
from service.retrieval.index import PassageIndex
from service.retrieval.models import Passage
from service.retrieval.periods import read_period
from service.retrieval.ranking import Fused, fused, weights_in_force
from service.retrieval.search import WordSearch
from service.retrieval.vectors import text_to_search, vector_texts


class IsolationBroken(CountersignError):
    """Something of another patient was about to be returned; nothing was."""


class PatientChart:
    """The allowed records of one patient and their passages. Vectors are fetched once.

    `records` are newest first; `withheld` names what access refused.
    """

    def __init__(
        self, patient_ref: str, records: list[SourceRecord], withheld: list[Withheld],
        passages: list[Passage], *, secret: bytes, index: PassageIndex,
    ) -> None:  # fmt: skip
        self.patient_ref = patient_ref
        self.records = sorted(records, key=newest_first)
        self.withheld = withheld
        self._record = {r.id: r for r in self.records}
        for each in passages:
            self._check_mine(each)
        self._passages = sorted(passages, key=self._oldest_first)
        self._by_record: dict[str, list[Passage]] = {}
        for each in self._passages:
            self._by_record.setdefault(each.record_id, []).append(each)
        self._search = WordSearch([self._text_to_search(p) for p in self._passages])
        texts = vector_texts(self._passages, self._record)
        self.vectors = ChartVectors(self._passages, texts, secret=secret, index=index)
        self._copies = Counter(root(p) for p in self._passages)
        self._numbers: dict[str, int] = {}
        dated = (r.effective_at for r in self.records)
        newest, weights = max((when for when in dated if when), default=None), weights_in_force()
        self._factors = {r.id: weights.factors(r, newest) for r in self.records}
        self._headings = {p.heading for p in self._passages}
        self._always: dict[str, list[Passage]] = {}

    def ask(self, question: str, section: SectionQuery | None = None) -> Gathered:
        """The evidence for a question in plain words; its time phrase is honoured."""
        asked = read_period(question, self.records, today=now())
        query = section or SectionQuery("question", question)
        return self.gather(replace(query, words=asked.words, period=asked.period))

    def gather(self, query: SectionQuery) -> Gathered:
        """The evidence for one section, within its budget. The same question, the same answer.

        First what is always part of the section. Then, without words: every record within the
        filters, newest first; with words: passages ranked by meaning and by words. Raises
        Unavailable when vectors cannot be had.
        """
        within = {r.id for r in self.records if passes(query, r)}
        positions = [n for n, p in enumerate(self._passages) if self._is_within(query, p, within)]
        found = self._ranked(query, positions) if query.words.strip() else self._listed(
            query, positions
        )  # fmt: skip
        hits = self._always_first(query, found)
        chosen, left = fitted(hits, query.limit_tokens, self._said)
        left_out = dict.fromkeys(self._record[hit.passage.record_id].resource_ref for hit in left)
        return Gathered(
            [self._evidence(hit) for hit in chosen], len(left), looked_for(query, len(within)),
            tuple(left_out),
        )  # fmt: skip

    def always(self) -> dict[str, list[Evidence]]:
        """Kind -> everything that no search decides on, newest first; nothing is cut."""
        every = SectionQuery("always", "Always")
        told = {kind.kind: self._always_of(kind, every) for kind in kinds()}
        return {kind: [self._evidence(hit) for hit in hits] for kind, hits in told.items() if hits}

    def _always_first(self, query: SectionQuery, found: list[Hit]) -> list[Hit]:
        ranked = {hit.passage.id: hit for hit in found}
        first: dict[str, Hit] = {}
        for kind in kinds_of(query.key):
            for hit in self._always_of(kind, query):
                known = ranked.pop(hit.passage.id, None)
                if known:
                    hit = replace(known, why=f"{hit.why}; {known.why}")
                first.setdefault(hit.passage.id, hit)
        return [*first.values(), *ranked.values()]

    def _always_of(self, kind: Kind, query: SectionQuery) -> list[Hit]:
        """Of notes, what is of the section's own period; a list is whole in any period."""
        if kind.kind not in self._always:
            self._always[kind.kind] = kind.passages(self.records, self._by_record)
        period = SectionQuery(query.key, query.title, since=query.since)
        mine = {r.id for r in self.records if not r.is_note or passes(period, r)}
        originals = {p.id for p in self._originals(mine)}
        why = f"always part of it: {kind.kind}"
        return [
            Hit(p, 0.0, "; ".join([why, *self._repeated(p)]))
            for p in self._always[kind.kind] if p.id in originals
        ]  # fmt: skip

    def _is_within(self, query: SectionQuery, passage: Passage, within: set[str]) -> bool:
        if passage.record_id not in within:
            return False
        record = self._record[passage.record_id]
        return is_of_period(query.period, record, self._said(passage))

    def _listed(self, query: SectionQuery, positions: list[int]) -> list[Hit]:
        """Headlines of structured records; of notes what stands under the wanted headings."""
        within = {self._passages[n].id for n in positions}
        originals = {
            p.id for p in self._originals({self._passages[n].record_id for n in positions})
        }
        under = self._under(query) if query.headings else self._headings
        return [
            Hit(passage, 1.0, self._why_listed(passage))
            for record in self.records
            for passage in self._by_record.get(record.id, ())
            if passage.id in within and passage.id in originals
            and (passage.heading in under if record.is_note else passage.start == 0)
        ]  # fmt: skip

    def _under(self, query: SectionQuery) -> set[str]:
        """Those of the chart's headings that the query wants."""
        return {heading for heading in self._headings if is_under(heading, query.headings)}

    def _why_listed(self, passage: Passage) -> str:
        record = self._record[passage.record_id]
        said = [f"{record.resource_type}, newest first"]
        said += [f"under {passage.heading}"] if passage.heading else []
        return "; ".join(said + self._repeated(passage))

    def _ranked(self, query: SectionQuery, positions: list[int]) -> list[Hit]:
        """Passages fused by rank and weighted, best first; of copies the oldest is cited."""
        if not positions:
            return []
        weights = weights_in_force()
        dense = self.vectors.cosines(query.words)[positions]
        lexical = self._search.scores(query.words)[positions]
        under = self._under(query)
        within = {self._passages[n].record_id for n in positions}
        cited = {root(p): p for p in self._originals(within)}
        best: dict[str, Hit] = {}
        for place in fused(dense, lexical, weights):
            passage = self._passages[positions[place.position]]
            hit = self._weighted(cited.get(root(passage), passage), passage, place, under)
            if root(passage) not in best or hit.score > best[root(passage)].score:
                best[root(passage)] = hit
        return self._without_series(list(best.values()))[: weights.longest]

    def _weighted(self, cited: Passage, found: Passage, place: Fused, under: set[str]) -> Hit:
        """The passage to cite with the score of the copy that was found, and why."""
        factors = dict(self._factors[found.record_id])
        if found.heading in under:
            factors[f"under {found.heading}"] = 1.0 + weights_in_force().under_heading
        score = place.score
        for factor in factors.values():
            score *= factor
        return Hit(cited, score, "; ".join([*ranks_told(place), *factors_told(factors),
                                             *self._repeated(found)]))  # fmt: skip

    def _without_series(self, hits: list[Hit]) -> list[Hit]:
        """Best first; of coded records that mean the same each further one counts less."""
        weights, before, again = weights_in_force(), Counter[str](), []
        for hit in sorted(hits, key=best_first):
            record, series = self._record[hit.passage.record_id], hit.passage.vector_id
            factor = 1.0 if record.is_note else weights.repetition(before[series])
            before[series] += 1
            told = factors_told({f"{before[series]}th of its kind": factor})
            again.append(replace(hit, score=hit.score * factor, why="; ".join([hit.why, *told])))
        return sorted(again, key=best_first)

    def _repeated(self, passage: Passage) -> list[str]:
        copies = self._copies[root(passage)]
        return [f"written {copies} times, the oldest cited"] if copies > 1 else []

    def _originals(self, within: set[str]) -> Iterator[Passage]:
        """Of each copied-forward text the oldest copy in the records within."""
        seen: set[str] = set()
        for passage in self._passages:
            if passage.record_id in within and root(passage) not in seen:
                seen.add(root(passage))
                yield passage

    def _evidence(self, hit: Hit) -> Evidence:
        passage = hit.passage
        record = self._check_mine(passage)
        number = self._numbers.setdefault(passage.id, len(self._numbers) + 1)
        return Evidence(
            id=f"E{number}", record_id=record.id, source_ref=record.resource_ref,
            source_version=record.version, resource_type=record.resource_type,
            title=record.title, effective=record.effective, author=record.author,
            author_role=record.author_role, heading=passage.heading, text=self._said(passage),
            start=passage.start, end=passage.end, score=round(hit.score, 4), why=hit.why,
            copies=self._copies[root(passage)],
        )  # fmt: skip

    def _check_mine(self, passage: Passage) -> SourceRecord:
        """The passage's record. Raises IsolationBroken unless both are this patient's."""
        record = self._record.get(passage.record_id)
        owners = {passage.patient_ref, record.patient_ref if record else None}
        if record is None or owners != {self.patient_ref}:
            raise IsolationBroken(
                "A passage of another patient turned up, so nothing was returned. "
                "Run `countersign reindex` and tell those who look after this service."
            )
        return record

    def _said(self, passage: Passage) -> str:
        return self._record[passage.record_id].text[passage.start : passage.end]

    def _text_to_search(self, passage: Passage) -> str:
        record = self._record[passage.record_id]
        return text_to_search(record, passage.heading, passage.start, passage.end)

    def _oldest_first(self, passage: Passage) -> tuple[object, ...]:
        return (*age_order(self._record[passage.record_id]), passage.start)
