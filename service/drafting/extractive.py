"""The writer that needs no model: every statement is a record's headline or a note's own words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from service.chart.models import SourceRecord
from service.drafting import excerpts, facts, trends
from service.drafting.citing import cite_headline, headline
from service.drafting.excerpts import Excerpt, Notes
from service.drafting.relevance import most_relevant
from service.drafting.request import Drafted, DraftRequest, SectionRequest
from service.drafting.telling.actions import actions
from service.drafting.telling.item import Telling
from service.drafting.telling.rows import rows
from service.drafting.template import SectionPrompt
from service.facts.abnormal import calls_abnormal
from service.facts.fact import FactKind, Standing
from service.summary.document import Section, Statement

NAME = "extractive"


@dataclass(frozen=True)
class ExtractiveWriter:
    """Reads structured records through templates and notes by heading; alters no word of either."""

    name: str = field(default=NAME, init=False)

    def check_ready(self) -> None:
        """It always is."""

    def write(self, request: DraftRequest) -> Drafted:
        """All sections, bounded and newest first. Sections on risk choose their sentences first."""
        desk = Desk(request)
        keys = [section.prompt.key for section in request.sections]
        urgent = sorted(request.sections, key=lambda s: not s.prompt.extractive)
        written = {s.prompt.key: desk.section(s) for s in request.watch.through(urgent)}
        return Drafted(
            sections=tuple(written[key] for key in keys),
            writers=dict.fromkeys(keys, NAME),
            not_shown=desk.not_shown,
        )


class Desk:
    """One draft under way: the notes split once, and which sentences have been told."""

    def __init__(self, request: DraftRequest) -> None:
        self.request = request
        self.records = request.records
        self.notes = Notes(request.records, request.planted, request.read)
        self.telling = Telling(request)
        self.told: set[str] = set()
        self.not_shown: dict[str, int] = {}

    def section(self, request: SectionRequest) -> Section:
        """The section without a model, with its absence sentence where nothing was found."""
        prompt = request.prompt
        stated = self._facts(request) if prompt.style != "notes" else []
        stated += self._sentences(request, prompt.max_statements - len(stated))
        closing = self.closing(request) if stated else absence(request, self.request)
        return Section(prompt.key, prompt.title, tuple(stated), closing)

    def _facts(self, request: SectionRequest) -> list[Statement]:
        prompt = request.prompt
        if prompt.style == "owed":
            return []
        if prompt.style == "medicines":
            made = [*rows(self.telling, request), *self._unread_orders(request)]
            return self._bounded(prompt, made)
        if prompt.style == "loops":
            return self._bounded(prompt, list(actions(self.telling)))
        window = request.window.without_end() if prompt.window == "all" else request.window
        records = facts.select(self.records, prompt, window)
        groups = facts.group(self._sound(records))
        if prompt.style == "trend":
            groups = facts.order(trends.by_total(groups), prompt)
            groups.sort(key=lambda g: not calls_abnormal(headline(g.latest)))
            made = [trends.trend(each, prompt.values) for each in groups]
        else:
            groups = facts.order(groups, prompt)
            made = [stated for each in groups for stated in facts.told(each, prompt)]
        return self._bounded(prompt, made)

    def _unread_orders(self, request: SectionRequest) -> Iterator[Statement]:
        """What the EHR has ordered and no fact speaks of, by its own line: nothing is lost because
        the reader does not know its name."""
        told = {s.record_id for f in self.request.facts.of(FactKind.MEDICINE) for s in f.sources}
        found = facts.select(self.records, request.prompt, request.window.without_end())
        groups = facts.group(self._sound(r for r in found if r.id not in told))
        for each in facts.order(groups, request.prompt):
            yield from facts.told(each, request.prompt)

    def _bounded(self, prompt: SectionPrompt, made: list[Statement]) -> list[Statement]:
        limit = _fact_limit(prompt)
        if len(made) > limit:
            self.not_shown[prompt.key] = len(made) - limit
        return made[:limit]

    def _sound(self, records: Iterable[SourceRecord]) -> Iterator[SourceRecord]:
        """Those whose headline does not speak to a program."""
        for record in records:
            planted = self.request.planted.get(record.id, ())
            if not any(each.start < cite_headline(record).end for each in planted):
                yield record

    def _sentences(self, request: SectionRequest, room: int) -> list[Statement]:
        prompt = request.prompt
        if not prompt.reads_notes or room <= 0:
            return []
        room = room if prompt.max_notes is None else min(room, prompt.max_notes)
        found = excerpts.choose(self.notes, prompt, request.window, self.told)
        if not found and prompt.needs_words:
            found = excerpts.from_evidence(self.notes, request.evidence, prompt)
        if FactKind.OPEN_LOOP in prompt.tells_of:
            found = [each for each in found if not self._is_answered(each)]
        chosen = most_relevant(found, prompt, request.evidence, room)
        self.told.update(each.sentence.key for each in chosen)
        return [excerpts.told(each) for each in chosen]

    def _is_answered(self, told: Excerpt) -> bool:
        """Does all that it asks for stand answered: "RTC 3 months" of the visit before the last?"""
        loops = [
            fact
            for fact in self.request.facts.of(FactKind.OPEN_LOOP)
            for s in fact.sources
            if s.record_id == told.record.id and told.sentence.start <= s.start < told.sentence.end
        ]
        return bool(loops) and all(fact.standing is Standing.PAST for fact in loops)

    def closing(self, request: SectionRequest) -> str:
        """How many were found and are not shown."""
        left = self.not_shown.get(request.prompt.key, 0)
        return f"{left} more of these are in the chart and not shown here." if left else ""


def absence(section: SectionRequest, request: DraftRequest) -> str:
    """What was looked for and not found, in which period; what could not be read is said apart.

    Where the EHR could not be searched for what the section tells of, nothing is said to be absent.
    """
    lost = sorted(request.unread_types.intersection(section.prompt.record_types))
    if lost:
        return f"Not known: the EHR could not be read for this ({', '.join(lost)})."
    said = section.prompt.absence.replace("{window}", section.window.suffix)
    if not request.unreadable:
        return said
    count = "1 record" if request.unreadable == 1 else f"{request.unreadable} records"
    return f"{said} {count} of this chart could not be read."


def _fact_limit(prompt: SectionPrompt) -> int:
    """Room for facts; a section that also reads notes keeps some for them."""
    if not prompt.reads_notes:
        return prompt.max_statements
    kept = prompt.max_statements // 2 if prompt.max_notes is None else prompt.max_notes
    return max(1, prompt.max_statements - kept)
