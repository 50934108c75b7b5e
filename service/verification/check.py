"""Any text against any sources, without a server or a model: what `countersign check` answers."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from service.chart.models import SourceRecord
from service.drafting.prompts import packaged_prompts
from service.errors import BadInput
from service.reading.read import read_statement
from service.reading.sentences import sentence_spans
from service.summary.document import Document, Section, Statement
from service.summary.vocabulary import SummaryType
from service.verification.bearing.assess import assess
from service.verification.bearing.closest import Closest, Embed
from service.verification.bearing.judge import judge
from service.verification.bearing.pool import Pool
from service.verification.bearing.texts import of_record, of_text
from service.verification.charts import records_of
from service.verification.conflicts import conflict_findings
from service.verification.entailment.scorer import Scorer
from service.verification.heard import heard
from service.verification.language import faithful_words, language_findings
from service.verification.models import Assessment, FindingDraft, Source
from service.verification.omission.answer import left_out
from service.verification.omission.check import Carried, check_omissions
from service.verification.omission.completeness import completeness
from service.verification.omission.conflicts import passed_over

LONGEST_TEXT = 5_000_000  # characters of all texts of one case; a chart of 10,000 notes fits
MOST_STATEMENTS = 10_000

_BULLET = re.compile(r"\s*(?:[-*•]|\d{1,2}[.)])\s+")


def check_text(
    sources: Sequence[Source | Mapping[str, Any]],
    summary: str,
    *,
    case_id: object = "",
    summary_type: str | None = None,
    chart: object = None,
    scorer: Scorer | None = None,
    embed: Embed | None = None,
) -> dict[str, Any]:
    """The answer of the contract: statements, omissions, completeness, findings.

    `sources` are texts, as values or as {"id", "text"}; `chart` is a FHIR Bundle, whose
    records are sources too and must be carried as `summary_type` (pre-visit unless given) asks.
    With a `scorer` what is retold is weighed by its meaning; `embed` finds what it is shown.
    Raises BadInput for what cannot be checked.
    """
    texts = [_source(number, each) for number, each in enumerate(sources, 1)]
    held = records_of(chart) if chart is not None else []
    everything = [*texts, *(Source(r.resource_ref, r.text, r.effective[:10]) for r in held)]
    _check_size(everything, summary)
    places = statements(summary)
    _check_statements(places)
    assessed = _assessed(texts, held, [summary[a:b] for a, b in places], scorer, embed)
    rules = packaged_prompts()[_type(summary_type)].must_carry
    checked = check_omissions(Carried(summary), held, rules, texts)
    findings = [*_findings(summary, places, everything), *passed_over(checked)]
    return {
        "id": case_id or "",
        "statements": [
            _stated(each, summary, *place) for each, place in zip(assessed, places, strict=True)
        ],
        "omissions": left_out(checked),
        "completeness": completeness(checked),
        "findings": [each.to_json() for each in findings],
    }


def _assessed(
    texts: Sequence[Source],
    held: Sequence[SourceRecord],
    said: Sequence[str],
    scorer: Scorer | None,
    embed: Embed | None,
) -> list[Assessment]:
    pool = Pool([*(of_text(t.id, t.text, t.date) for t in texts), *map(of_record, held)])
    judged = [judge(read_statement(each), pool) for each in said]
    return assess(judged, Closest(pool, embed), scorer)


def _source(number: int, value: Source | Mapping[str, Any]) -> Source:
    if isinstance(value, Source):
        return value
    text = value.get("text") if isinstance(value, Mapping) else None
    if not isinstance(text, str):
        raise BadInput(f'Source {number} has no text. Give each source as {{"id", "text"}}.')
    return Source(str(value.get("id") or number), text, str(value.get("date") or ""))


def _type(name: str | None) -> SummaryType:
    try:
        return SummaryType(name) if name else SummaryType.PRE_VISIT
    except ValueError:
        raise BadInput(
            f"There is no summary type {name}. Types: {', '.join(SummaryType)}."
        ) from None


def statements(summary: str) -> list[tuple[int, int]]:
    """Where each statement of a free text stands: its sentences, without list markers."""
    found = []
    for start, end in sentence_spans(summary):
        marker = _BULLET.match(summary, start, end)
        start = marker.end() if marker else start
        if any(c.isalnum() for c in summary[start:end]):
            found.append((start, end))
    return found


def _check_size(texts: list[Source], summary: str) -> None:
    size = len(summary) + sum(len(each.text) for each in texts)
    if size > LONGEST_TEXT:
        raise BadInput(
            f"The texts have {size:,} characters; at most {LONGEST_TEXT:,} are checked at once. "
            "Give fewer sources."
        )


def _check_statements(places: list[tuple[int, int]]) -> None:
    if len(places) > MOST_STATEMENTS:
        raise BadInput(
            f"The summary has {len(places):,} statements; at most {MOST_STATEMENTS:,} are "
            "checked at once. Split it."
        )


def _stated(assessment: Assessment, summary: str, start: int, end: int) -> dict[str, Any]:
    value = assessment.to_json()
    return {
        "index": assessment.index,
        "start": start,
        "end": end,
        "text": summary[start:end],
        "support": value["support"],
        "score": value["score"],
        "reasons": value["reasons"],
        "evidence": [_plain(each) for each in value["evidence"][:3]],
    }


def _plain(evidence: dict[str, Any]) -> dict[str, Any]:
    """Without our row id, which means nothing outside the database."""
    return {key: value for key, value in evidence.items() if key != "record_id"}


def _findings(
    summary: str, places: list[tuple[int, int]], texts: list[Source]
) -> list[FindingDraft]:
    """Language and conflicts; support stands with each statement, omissions in their own list."""
    stated = tuple(Statement(summary[start:end]) for start, end in places)
    document = Document("", (), (Section("summary", "", stated),))
    language = [f for n, each in enumerate(stated) for f in language_findings(n, each.text)]
    said = heard(each.text for each in texts)
    language += [f for n, each in enumerate(stated) for f in faithful_words(n, each.text, said)]
    return [*language, *conflict_findings(document)]


__all__ = ["Source", "check_text", "statements"]
