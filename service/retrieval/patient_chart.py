"""One patient's open chart: the evidence for each section, best first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import structlog

from service.chart.models import SourceRecord
from service.errors import CountersignError, Unavailable
from service.retrieval.evidence import Evidence, Gathered, SectionQuery, Withheld
from service.retrieval.filters import looked_for, passes
from service.retrieval.headings import is_under
from service.retrieval.index import PassageIndex
from service.retrieval.indexing import age_order
from service.retrieval.keys import rotation
from service.retrieval.models import Passage
from service.retrieval.ranking import Fused, Weights, estimated_tokens, fused
from service.retrieval.search import PassageSearch
from service.retrieval.vectors import embed_into, text_to_embed

log = structlog.get_logger(__name__)


class IsolationBroken(CountersignError):
    """Something of another patient was about to be returned; nothing was."""


@dataclass(frozen=True)
class _Hit:
    passage: Passage
    score: float
    why: str


class PatientChart:
    """The allowed records of one patient and their passages. Vectors are fetched once.

    `records` are newest first; `withheld` names what access refused; `mended` counts vectors
    that the store had lost and that were embedded again.
    """

    def __init__(
        self, patient_ref: str, records: list[SourceRecord], withheld: list[Withheld],
        passages: list[Passage], *, secret: bytes, index: PassageIndex,
        weights: Weights | None = None,
    ) -> None:  # fmt: skip
        self.patient_ref = patient_ref
        self.records = sorted(records, key=_newest_first)
        self.withheld = withheld
        self.mended = 0
        self._weights = weights or Weights()
        self._index, self._secret = index, secret
        self._record = {r.id: r for r in self.records}
        self._passages = sorted(passages, key=self._oldest_first)
        for each in self._passages:
            self._check_mine(each)
        self._texts = [self._text_to_embed(p) for p in self._passages]
        self._search = PassageSearch(self._texts, self._load_vectors, self._turned)
        self._copies = _counts(_root(p) for p in self._passages)
        self._numbers: dict[str, int] = {}
        dated = (r.effective_at for r in self.records)
        newest = max((when for when in dated if when), default=None)
        self._factor = {r.id: self._weights.record(r, newest) for r in self.records}
        self._headings = {p.heading for p in self._passages}

    def gather(self, query: SectionQuery) -> Gathered:
        """The evidence for one section, within its budget. The same question, the same answer.

        Without words: every record within the filters, newest first. With words: passages
        ranked by meaning and by words. Raises Unavailable when vectors cannot be had.
        """
        within = {r.id for r in self.records if passes(query, r)}
        hits = self._ranked(query, within) if query.words.strip() else self._listed(query, within)
        chosen, not_fitted = self._fitted(hits, query.limit_tokens)
        evidence = [self._evidence(hit) for hit in chosen]
        return Gathered(evidence, not_fitted, looked_for(query, len(within)))

    def _listed(self, query: SectionQuery, within: set[str]) -> list[_Hit]:
        """Headlines of structured records; of notes what stands under the wanted headings."""
        by_record: dict[str, list[Passage]] = {}
        for passage in self._originals(within):
            by_record.setdefault(passage.record_id, []).append(passage)
        found = []
        under = self._under(query) if query.headings else self._headings
        for record in self.records:
            for passage in by_record.get(record.id, ()):
                if passage.heading in under if record.is_note else passage.start == 0:
                    found.append(_Hit(passage, 1.0, self._why_listed(passage)))
        return found

    def _under(self, query: SectionQuery) -> set[str]:
        """Those of the chart's headings that the query wants."""
        return {heading for heading in self._headings if is_under(heading, query.headings)}

    def _why_listed(self, passage: Passage) -> str:
        record = self._record[passage.record_id]
        said = [f"{record.resource_type}, newest first"]
        said += [f"under {passage.heading}"] if passage.heading else []
        return "; ".join(said + self._repeated(passage))

    def _ranked(self, query: SectionQuery, within: set[str]) -> list[_Hit]:
        """Passages of the records within, fused by rank and weighted, best first."""
        positions = [i for i, p in enumerate(self._passages) if p.record_id in within]
        if not positions:
            return []
        dense = self._search.dense(query.words)[positions]
        lexical = self._search.lexical(query.words)[positions]
        under = self._under(query)
        best: dict[str, tuple[Fused, float]] = {}
        for place in fused(dense, lexical, self._weights):
            passage = self._passages[positions[place.position]]
            score = place.score * self._factor[passage.record_id]
            score *= 1.0 + self._weights.heading * (passage.heading in under)
            if _root(passage) not in best or score > best[_root(passage)][1]:
                best[_root(passage)] = (place, score)
        first = sorted(best.items(), key=lambda kept: (-kept[1][1], kept[0]))
        cited = {_root(p): p for p in self._originals(within)}
        return [
            _Hit(cited[root], score, self._why(cited[root], place, under))
            for root, (place, score) in first[: self._weights.longest]
        ]

    def _why(self, passage: Passage, place: Fused, under: set[str]) -> str:
        said = []
        if place.lexical_rank:
            said.append(f"words: rank {place.lexical_rank}")
        if place.dense_rank:
            said.append(f"meaning: rank {place.dense_rank} (cosine {place.cosine:.2f})")
        if passage.heading in under:
            said.append(f"under {passage.heading}")
        return "; ".join(said + self._repeated(passage))

    def _repeated(self, passage: Passage) -> list[str]:
        copies = self._copies[_root(passage)]
        return [f"written {copies} times, the oldest cited"] if copies > 1 else []

    def _originals(self, within: set[str]) -> Iterator[Passage]:
        """Of each copied-forward text the oldest copy in the records within."""
        seen: set[str] = set()
        for passage in self._passages:
            if passage.record_id in within and _root(passage) not in seen:
                seen.add(_root(passage))
                yield passage

    def _fitted(self, hits: list[_Hit], limit_tokens: int) -> tuple[list[_Hit], int]:
        chosen, left = [], limit_tokens
        for hit in hits:
            size = estimated_tokens(self._said(hit.passage))
            if size <= left:
                chosen.append(hit)
                left -= size
        return chosen, len(hits) - len(chosen)

    def _evidence(self, hit: _Hit) -> Evidence:
        passage = hit.passage
        record = self._check_mine(passage)
        number = self._numbers.setdefault(passage.id, len(self._numbers) + 1)
        return Evidence(
            id=f"E{number}", record_id=record.id, source_ref=record.resource_ref,
            source_version=record.version, resource_type=record.resource_type,
            title=record.title, effective=record.effective, author=record.author,
            author_role=record.author_role, heading=passage.heading, text=self._said(passage),
            start=passage.start, end=passage.end, score=round(hit.score, 4), why=hit.why,
            copies=self._copies[_root(passage)],
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

    def _text_to_embed(self, passage: Passage) -> str:
        record = self._record[passage.record_id]
        return text_to_embed(record, passage.heading, passage.start, passage.end)

    def _oldest_first(self, passage: Passage) -> tuple[object, ...]:
        record = self._record.get(passage.record_id)
        return (*(age_order(record) if record else ()), passage.start)

    def _turned(self, words: str) -> np.ndarray:
        """(dimensions,) the question under the patient's rotation."""
        matrix = rotation(self._secret, self._index.embedder.dimensions)
        turned: np.ndarray = self._index.embedder.embed([words])[0] @ matrix
        return turned

    def _load_vectors(self) -> np.ndarray:
        """(passages, dimensions) rows from the store; what it lost is embedded again."""
        texts = {p.vector_id: t for p, t in zip(self._passages, self._texts, strict=True)}
        found = self._index.get(list(texts))
        missing = {i: said for i, said in texts.items() if i not in found}
        if missing:
            log.warning("index.mended", vectors=len(missing))
            embed_into(self._secret, missing, index=self._index)
            found |= self._index.get(list(missing))
            self.mended += len(missing)
        if any(p.vector_id not in found for p in self._passages):
            raise Unavailable("The vector store lost what was just written. It is tried again.")
        return np.stack([found[p.vector_id] for p in self._passages])


def _root(passage: Passage) -> str:
    """The name that all copies of one text share."""
    return passage.copy_of or passage.id


def _counts(keys: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    return counts


def _newest_first(record: SourceRecord) -> tuple[bool, float, str]:
    when = record.effective_at
    return when is None, -(when.timestamp() if when else 0.0), record.id
