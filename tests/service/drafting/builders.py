"""Values that drafting and verification are tested with: records, evidence, requests."""

from datetime import UTC, datetime
from itertools import count

from service.chart.identity import Identity, identity
from service.chart.models import SourceRecord
from service.drafting.draft import _window
from service.drafting.prompts import packaged_prompts
from service.drafting.request import DraftRequest, SectionRequest
from service.drafting.windows import PSYCHIATRIC, resolve
from service.retrieval.evidence import Evidence
from service.summary.vocabulary import Standing, SummaryType

_numbers = count(1)


def a_record(resource_type, headline, *, text=None, effective="2026-05-01", **columns):
    """A structured record whose text is its headline unless given."""
    number = next(_numbers)
    values = {
        "id": f"r{number}",
        "patient_ref": "Patient/1",
        "resource_ref": f"{resource_type}/{number}",
        "resource_type": resource_type,
        "version": "1",
        "content_hash": "h",
        "raw": "{}",
        "title": headline.split(",")[0],
        "headline": headline,
        "text": text or f"{headline}\n",
        "code": "",
        "category": "",
        "status": "active",
        "effective": effective,
        "effective_at": _instant(effective),
        "encounter_ref": None,
        "author": "",
        "author_role": "",
        "is_note": False,
        "is_latest": True,
        "standing": Standing.EVIDENCE,
        "standing_reason": "",
        "labels": [],
        "gaps": [],
    }
    return SourceRecord(**values | columns)


def a_note(body, *, effective="2026-05-01", title="Psychiatry progress note", **columns):
    headline = f"{title}, {effective}, psychiatrist"
    return a_record(
        "DocumentReference",
        headline,
        text=f"{headline}\n\n{body}\n",
        title=title,
        effective=effective,
        is_note=True,
        status="current",
        author_role="psychiatrist",
        **columns,
    )


def a_measure(name, value, day, code="http://loinc.org|44261-6", category="survey"):
    return a_record(
        "Observation",
        f"{name} {value} ({day})",
        title=name,
        effective=day,
        code=code,
        category=category,
        status="final",
    )


def an_evidence(record, quote, evidence_id="E1"):
    start = record.text.index(quote)
    return Evidence(
        evidence_id,
        record.id,
        record.resource_ref,
        record.version,
        record.resource_type,
        record.title,
        record.effective,
        record.author,
        record.author_role,
        "",
        quote,
        start,
        start + len(quote),
        0.9,
        "test",
    )


def a_request(summary_type, records, evidence=None):
    """A request as draft_summary makes it, with evidence by section key. Somebody has a name."""
    prompt = packaged_prompts()[SummaryType(summary_type)]
    prefer = PSYCHIATRIC if prompt.summary_type is SummaryType.PSYCHIATRIC_PROGRESS else ()
    window = resolve(prompt.meta.window, records, prefer=prefer)
    sections = tuple(
        SectionRequest(
            each, _window(each, window, records), tuple((evidence or {}).get(each.key, ()))
        )
        for each in prompt.meta.sections
    )
    who = identity(records)
    who = who if who.names else Identity(names={"Quill"})
    return DraftRequest(prompt, window, tuple(records), sections, who=who)


def section_of(drafted, key):
    return next(section for section in drafted.sections if section.key == key)


def texts(drafted, key):
    return [statement.text for statement in section_of(drafted, key).statements]


def _instant(written):
    if not written:
        return None
    parts = [int(part) for part in written[:10].split("-")] + [1, 1]
    return datetime(*parts[:3], tzinfo=UTC)
