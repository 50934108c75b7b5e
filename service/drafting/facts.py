"""Structured records as statements: one line each, copies of the same thing told once."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from service.chart.models import SourceRecord
from service.drafting.citing import cite, cite_headline, day, headline
from service.drafting.template import SectionPrompt
from service.drafting.windows import Window
from service.drafting.words import mentions
from service.facts.doses import LISTS
from service.reading.sentences import sentence_spans
from service.summary.document import Citation, Statement

_LONG_AGO = datetime.min.replace(tzinfo=UTC)
LONGEST_LINE = 200  # characters of a line told behind its headline
CURRENT = ("active", "recurrence", "relapse", "on-hold", "accepted", "in-progress", "intended")


@dataclass(frozen=True)
class Group:
    """Records of one type about the same thing, newest first; never empty."""

    records: tuple[SourceRecord, ...]

    @property
    def latest(self) -> SourceRecord:
        return self.records[0]


def select(
    records: Iterable[SourceRecord], prompt: SectionPrompt, window: Window
) -> list[SourceRecord]:
    """The structured records that this section shows, newest first."""
    found = [r for r in records if _belongs(r, prompt) and window.holds(r)]
    return sorted(found, key=newest_first)


def newest_first(record: SourceRecord) -> tuple[float, str]:
    return -(record.effective_at or _LONG_AGO).timestamp(), record.resource_ref


def _belongs(record: SourceRecord, prompt: SectionPrompt) -> bool:
    if record.is_note or record.resource_type not in prompt.fact_types or not record.text:
        return False
    if prompt.statuses and record.status not in prompt.statuses:
        return False
    if prompt.codes and not _coded(record, prompt.codes):
        return False
    if mentions(headline(record), prompt.facts_without):
        return False
    return _categorised(record, prompt) and _worded(record, prompt)


def _coded(record: SourceRecord, codes: tuple[str, ...]) -> bool:
    return record.code in codes or record.code.rpartition("|")[2] in codes


def _categorised(record: SourceRecord, prompt: SectionPrompt) -> bool:
    """Categories sort observations; other types have none of these words."""
    if not prompt.categories or record.resource_type != "Observation":
        return True
    return record.category in prompt.categories or (prompt.only_facts_words and not record.category)


def _worded(record: SourceRecord, prompt: SectionPrompt) -> bool:
    if not prompt.only_facts_words:
        return True
    return mentions(f"{record.title}\n{headline(record)}", prompt.facts_words)


def group(records: Iterable[SourceRecord]) -> list[Group]:
    """Records gathered by what they are about, each group newest first, in order of its newest."""
    groups: dict[tuple[str, ...], list[SourceRecord]] = {}
    for record in sorted(records, key=newest_first):
        groups.setdefault((record.resource_type, *_about(record)), []).append(record)
    return [Group(tuple(each)) for each in groups.values()]


def _about(record: SourceRecord) -> tuple[str, str, str]:
    """What it is about, how its headline begins ("Do not give: ", "About the brother: "), and the
    dosage of a medicine in use: two that differ in any of these are no copies of each other."""
    code = record.code if record.code.strip("|") else ""
    words = " ".join(re.findall(r"\w+", record.title.lower()))
    line = headline(record)
    before, found, after = line.partition(record.title)
    if not found or not record.title:
        return code or words or record.id, "", ""
    doses = record.resource_type in LISTS and record.status in (*CURRENT, "unknown", "")
    dosage = after.partition(" (")[0].strip(" ,") if doses else ""
    return code or words or record.id, before, dosage


def order(groups: Iterable[Group], prompt: SectionPrompt) -> list[Group]:
    """By record type as the prompt lists them, what matters first, then current, then newest."""
    types = {name: n for n, name in enumerate(prompt.fact_types)}

    def place(each: Group) -> tuple[int, bool, bool, tuple[float, str]]:
        latest = each.latest
        wanted = bool(prompt.facts_words) and mentions(headline(latest), prompt.facts_words)
        return (
            types[latest.resource_type],
            latest.status not in CURRENT,
            not wanted,
            newest_first(latest),
        )

    return sorted(groups, key=place)


def told(each: Group, prompt: SectionPrompt) -> list[Statement]:
    """The group as the section shows it: one line, or one for each item of a plan."""
    if prompt.split_lines:
        return list(_items(each.latest, prompt.split_lines))
    lines = [] if len(each.records) > 1 else list(_lines(each.latest, prompt.with_lines))
    stated = fact(each)
    text = ". ".join((stated.text, *(line.quote for line in lines)))
    return [Statement(text, (*stated.citations, *lines))]


def _lines(record: SourceRecord, labels: tuple[str, ...]) -> Iterator[Citation]:
    """The labelled lines of the record, short enough to stand behind its headline."""
    for line in re.finditer(r"^([^:\n]+): (.+)$", record.text, re.MULTILINE):
        if line[1] in labels and len(line[0]) <= LONGEST_LINE:
            yield cite(record, line.start(), line.end())


def _items(record: SourceRecord, labels: tuple[str, ...]) -> Iterator[Statement]:
    """The headline by sentences, then each labelled line that it does not hold already."""
    end = cite_headline(record).end
    lines = [
        m
        for m in re.finditer(r"^([^:\n]+): (.+)$", record.text[end:], re.MULTILINE)
        if m[1] in labels
    ]
    inside = [at for m in lines if (at := record.text.find(m[2], 0, end)) >= 0]
    head = len(record.text[: min(inside)].rstrip(" :")) if inside else end
    for start, stop in sentence_spans(record.text, 0, head):
        yield Statement(record.text[start:stop], (cite(record, start, stop),))
    for line in lines:
        yield Statement(line[2], (cite(record, end + line.start(2), end + line.end(2)),))


def fact(each: Group) -> Statement:
    """The newest record's headline; how many tell the same, and since when, in brackets."""
    line = headline(each.latest).removeprefix("Given: ")
    if len(each.records) > 1:
        first = min((day(r) for r in each.records if day(r)), default="")
        since = f", first {first}" if first and first != day(each.latest) else ""
        line = f"{line} [{len(each.records)} records{since}]"
    return Statement(line, tuple(cite_headline(r) for r in each.records))
