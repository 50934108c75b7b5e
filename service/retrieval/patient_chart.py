"""One patient's open chart: the evidence for each section, best first."""

import heapq
import math
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import numpy as np

from service.chart.models import SourceRecord
from service.database import now
from service.errors import CountersignError
from service.retrieval.always import Kind, kinds, kinds_of
from service.retrieval.chart_vectors import ChartVectors
from service.retrieval.cutting import age_order
from service.retrieval.evidence import Evidence, Gathered, SectionQuery, Withheld
from service.retrieval.filters import is_dated_in, is_of_period, looked_for, passes
from service.retrieval.headings import is_under
from service.retrieval.hits import (
    AskedFor,
    Hit,
    factors_told,
    fitted,
    newest_first,
    ranks_told,
)
from service.retrieval.index import PassageIndex
from service.retrieval.models import HeldPassage
from service.retrieval.periods import read_period
from service.retrieval.ranking import fused, weights_in_force
from service.retrieval.search import WordSearch
from service.retrieval.synonyms import in_charts_words, other_words
from service.retrieval.vectors import text_to_search, vector_texts


class IsolationBroken(CountersignError):
    """Something of another patient was about to be returned; nothing was."""


class PatientChart:
    """The allowed records of one patient and their passages. Vectors are fetched once.

    `records` are newest first; `withheld` names what access refused.
    """

    def __init__(
        self,
        patient_ref: str,
        records: list[SourceRecord],
        withheld: list[Withheld],
        passages: list[HeldPassage],
        *,
        secret: bytes,
        index: PassageIndex,
    ) -> None:
        self.patient_ref = patient_ref
        self.records = sorted(records, key=newest_first)
        self.withheld = withheld
        self._record = {r.id: r for r in self.records}
        for each in passages:
            self._check_mine(each)
        self._passages = sorted(passages, key=self._oldest_first)
        self._by_record: dict[str, list[HeldPassage]] = {}
        for each in self._passages:
            self._by_record.setdefault(each.record_id, []).append(each)
        self._search = WordSearch([self._text_to_search(p) for p in self._passages])
        texts = vector_texts(self._passages, self._record)
        self.vectors = ChartVectors(self._passages, texts, secret=secret, index=index)
        self._copies = Counter(p.root for p in self._passages)
        self._numbers: dict[str, int] = {}
        dated = (r.effective_at for r in self.records)
        newest, weights = max((when for when in dated if when), default=None), weights_in_force()
        self._factors = {r.id: weights.factors(r, newest) for r in self.records}
        self._coded = {r.id for r in self.records if not r.is_note}
        self._factor = np.array(
            [math.prod(self._factors[p.record_id].values()) for p in self._passages]
        )
        self._headings = {p.heading for p in self._passages}
        self._always: dict[str, list[HeldPassage]] = {}
        self._since: dict[datetime | None, set[str]] = {}

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
        positions = [
            n
            for n, p in enumerate(self._passages)
            if p.record_id in within and (query.period.is_open or self._is_of_period(query, p))
        ]
        found = (
            self._ranked(query, positions)
            if query.words.strip()
            else self._listed(query, positions)
        )
        hits = self._always_first(query, found)
        chosen, left = fitted(hits, query.limit_tokens, self._said)
        left_out = dict.fromkeys(self._record[hit.passage.record_id].resource_ref for hit in left)
        return Gathered(
            [self._evidence(hit) for hit in chosen],
            len(left),
            looked_for(query, len(within)),
            tuple(left_out),
        )

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
        originals = self._originals_since(query.since)
        why = f"always part of it: {kind.kind}"
        return [
            Hit(p, 0.0, "; ".join([why, *self._repeated(p)]))
            for p in self._always[kind.kind]
            if p.id in originals
        ]

    def _originals_since(self, since: datetime | None) -> set[str]:
        """The same for every kind, and for every section of one period."""
        if since not in self._since:
            period = SectionQuery("since", "Since", since=since)
            mine = {r.id for r in self.records if not r.is_note or passes(period, r)}
            self._since[since] = {p.id for p in self._originals(mine)}
        return self._since[since]

    def _is_of_period(self, query: SectionQuery, passage: HeldPassage) -> bool:
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
            if passage.id in within
            and passage.id in originals
            and (passage.heading in under if record.is_note else passage.start == 0)
        ]

    def _under(self, query: SectionQuery) -> set[str]:
        """Those of the chart's headings that the query wants."""
        return {heading for heading in self._headings if is_under(heading, query.headings)}

    def _why_listed(self, passage: HeldPassage) -> str:
        record = self._record[passage.record_id]
        said = [f"{record.resource_type}, newest first"]
        said += [f"under {passage.heading}"] if passage.heading else []
        return "; ".join(said + self._repeated(passage))

    def _ranked(self, query: SectionQuery, positions: list[int]) -> list[Hit]:
        """Passages fused by rank and weighted, best first; of copies the oldest is cited."""
        if not positions:
            return []
        weights = weights_in_force()
        cosines, lexical = (scores[positions] for scores in self._scores(query))
        place = fused(cosines, lexical, weights)
        passages = [self._passages[n] for n in positions]
        extra = self._asked_for(query)
        scores = place.score * self._factor[positions]
        if extra:
            scores *= [extra.of(p) for p in passages]
        found = []
        for score, before, n in self._without_series(scores, passages)[: weights.longest]:
            said = ranks_told(place.lexical_rank[n], place.dense_rank[n], cosines[n])
            said += factors_told(self._factors[passages[n].record_id] | extra.told(passages[n]))
            said += factors_told({f"{before} of its kind before": weights.repetition(before)})
            said += self._repeated(passages[n])
            found.append(Hit(passages[n], score, "; ".join(said)))
        return self._citing_the_oldest(found, passages)

    def _scores(self, query: SectionQuery) -> tuple[np.ndarray, np.ndarray]:
        """Cosines and word scores of every passage; at the first question the store answers
        while words are indexed."""
        asked, concepts = " ".join([query.words, *query.period.forms]), other_words(query.words)
        wordings = in_charts_words(query.words, concepts)
        weight = weights_in_force().other_words
        if self.vectors.is_fetched:
            return self.vectors.cosines(wordings), self._search.scores(asked, concepts, weight)
        with ThreadPoolExecutor(max_workers=1) as beside:
            cosines = beside.submit(self.vectors.cosines, wordings)
            lexical = self._search.scores(asked, concepts, weight)
            return cosines.result(), lexical

    def _asked_for(self, query: SectionQuery) -> AskedFor:
        """What this question lifts: headings that it wants, records of the period that it names."""
        named = query.period.since or query.period.until
        of_it = {r.id for r in self.records if named and is_dated_in(query.period, r)}
        return AskedFor(self._under(query), of_it)

    def _without_series(
        self, scores: np.ndarray, passages: list[HeldPassage]
    ) -> list[tuple[float, int, int]]:
        """(score, better ones of its kind, position), best first; one of each text. Of coded
        records that mean the same each further one counts less. Those are left unlooked at that
        score less than the `longest` best already do: nothing can raise them."""
        weights, before, seen = weights_in_force(), Counter[str](), set[str]()
        again: list[tuple[float, int, int]] = []
        for n in np.argsort(-scores, kind="stable").tolist():
            passage, score = passages[n], float(scores[n])
            if score <= 0 or _is_full(again, weights.longest, score):
                break
            if passage.root in seen:
                continue
            seen.add(passage.root)
            rank = before[passage.vector_id] if passage.record_id in self._coded else 0
            before[passage.vector_id] += 1
            again.append((score * weights.repetition(rank), rank, n))
        return sorted(again, key=lambda each: (-each[0], each[2]))

    def _citing_the_oldest(self, hits: list[Hit], within: list[HeldPassage]) -> list[Hit]:
        repeated = {hit.passage.root for hit in hits if self._copies[hit.passage.root] > 1}
        oldest: dict[str, HeldPassage] = {}
        for passage in within if repeated else ():
            oldest.setdefault(passage.root, passage)
        return [replace(hit, passage=oldest.get(hit.passage.root, hit.passage)) for hit in hits]

    def _repeated(self, passage: HeldPassage) -> list[str]:
        copies = self._copies[passage.root]
        return [f"written {copies} times, the oldest cited"] if copies > 1 else []

    def _originals(self, within: set[str]) -> Iterator[HeldPassage]:
        """Of each copied-forward text the oldest copy in the records within."""
        seen: set[str] = set()
        for passage in self._passages:
            if passage.record_id in within and passage.root not in seen:
                seen.add(passage.root)
                yield passage

    def _evidence(self, hit: Hit) -> Evidence:
        passage = hit.passage
        record = self._check_mine(passage)
        number = self._numbers.setdefault(passage.id, len(self._numbers) + 1)
        return Evidence(
            id=f"E{number}",
            record_id=record.id,
            source_ref=record.resource_ref,
            source_version=record.version,
            resource_type=record.resource_type,
            title=record.title,
            effective=record.effective,
            author=record.author,
            author_role=record.author_role,
            heading=passage.heading,
            text=self._said(passage),
            start=passage.start,
            end=passage.end,
            score=round(hit.score, 4),
            why=hit.why,
            copies=self._copies[passage.root],
        )

    def _check_mine(self, passage: HeldPassage) -> SourceRecord:
        """The passage's record. Raises IsolationBroken unless both are this patient's."""
        record = self._record.get(passage.record_id)
        owners = {passage.patient_ref, record.patient_ref if record else None}
        if record is None or owners != {self.patient_ref}:
            raise IsolationBroken(
                "A passage of another patient turned up, so nothing was returned. "
                "Run `countersign reindex` and tell those who look after this service."
            )
        return record

    def _said(self, passage: HeldPassage) -> str:
        return self._record[passage.record_id].text[passage.start : passage.end]

    def _text_to_search(self, passage: HeldPassage) -> str:
        record = self._record[passage.record_id]
        return text_to_search(record, passage.heading, passage.start, passage.end)

    def _oldest_first(self, passage: HeldPassage) -> tuple[object, ...]:
        return (*age_order(self._record[passage.record_id]), passage.start)


def _is_full(found: list[tuple[float, int, int]], longest: int, score: float) -> bool:
    """Whether so many were found that nothing of this score or less can be among them."""
    if len(found) < longest or len(found) % longest:
        return False
    return heapq.nlargest(longest, found)[-1][0] > score
