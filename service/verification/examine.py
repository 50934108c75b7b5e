"""The pure part of verification: a document against the records that it was drafted from."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from service.chart.models import SourceRecord
from service.drafting.progress import NOBODY, Watch
from service.drafting.telling.glue import RISK
from service.drafting.template import Prompt
from service.reading.assertions import Kind
from service.reading.read import read_statement
from service.summary.document import Document, Placed
from service.summary.vocabulary import FindingKind, Severity, Support
from service.verification.carried import as_carried
from service.verification.cited import Chart
from service.verification.conflicts import conflict_findings
from service.verification.frame import frame
from service.verification.heard import Heard, heard
from service.verification.language import faithful_words, language_findings
from service.verification.models import Assessment, FindingDraft, Omission, Reason, Span
from service.verification.omission.check import Carried, Checked, ask, check_asked, within
from service.verification.omission.conflicts import passed_over
from service.verification.unread import unread_findings
from service.verification.warrant import unwarranted

MOST_TOLD = 5  # minor omissions with a finding of their own
SHOWN = 120  # characters of each of the others


def examine(
    document: Document,
    chart: Chart,
    prompt: Prompt,
    coverage: Mapping[str, Any],
    watch: Watch = NOBODY,
) -> tuple[list[Assessment], list[FindingDraft]]:
    """An assessment of every statement, and everything that a person must look at. Once a text: an
    edit finds what was verified ahead of it. Raises DraftCancelled."""
    told = hashlib.sha256(json.dumps(coverage, sort_keys=True).encode()).digest()
    key = ("examined", document, prompt.hash, told)
    assessments, drafts = chart.once.get(
        key, lambda: _examined(document, chart, prompt, coverage, watch)
    )
    return list(assessments), list(drafts)


def _examined(
    document: Document,
    chart: Chart,
    prompt: Prompt,
    coverage: Mapping[str, Any],
    watch: Watch,
) -> tuple[list[Assessment], list[FindingDraft]]:
    held = chart.records
    assessments, drafts = [], []
    for placed in watch.through(document.placed()):
        assessment = chart.assessed(placed)
        assessment = as_carried(placed, assessment, coverage.get("carried", {}))
        assessments.append(assessment)
        drafts += _support_findings(placed, assessment)
        if assessment.support in (Support.SUPPORTED, Support.NOT_CHECKABLE):
            drafts += unwarranted(placed, assessment.evidence, held)
        drafts += language_findings(placed.index, placed.statement.text)
        drafts += faithful_words(placed.index, placed.statement.text, _cited_words(placed, held))
    drafts += conflict_findings(document)
    checked = _carried(document, chart, prompt, _until(coverage))
    brief = frozenset(coverage.get("for_brevity", ()))
    lacking = [o for o in checked.omissions if not is_told_as_left_out(o, brief)]
    drafts += bounded(lacking)
    drafts += passed_over(checked)
    drafts += unread_findings(coverage) + _dropped(coverage)
    return assessments, drafts + _planted(coverage, held)


def _carried(document: Document, chart: Chart, prompt: Prompt, until: datetime | None) -> Checked:
    """What is left out. What must be carried hangs on the records alone, and on how many of them
    are of the time; so an edit moves only what the text has of it."""
    carried, held = Carried.of(document, until), chart.records.values()
    inside = chart.once.get(until, lambda: within(held, until))
    key = (prompt.hash, len(inside))
    asked = chart.once.get(key, lambda: ask(inside, prompt.must_carry, kept=chart.kept))
    checked: Checked = chart.once.get((key, carried), lambda: check_asked(carried, asked))
    return checked


def _cited_words(placed: Placed, records: Mapping[str, SourceRecord]) -> Heard:
    cited = {each.record_id for each in placed.statement.citations}
    return heard(records[each].text for each in sorted(cited) if each in records)


def _support_findings(placed: Placed, assessment: Assessment) -> list[FindingDraft]:
    """One for a statement, its worst reason first, the others behind it in the message.

    Contradicted and not found are major: the statement must not be signed as it stands. Supported
    for a reason is true, but not where it says: minor.
    """
    is_borne = assessment.support in (Support.SUPPORTED, Support.NOT_CHECKABLE)
    if is_borne and not assessment.reasons:
        return []
    severity = Severity.MINOR if is_borne else Severity.MAJOR
    reasons = assessment.reasons or (Reason("words", "something"),)
    worst = next((r for r in reasons if r.contradicts), reasons[0])
    kinds = [_kind(placed, assessment, reason) for reason in (worst, *reasons)]
    others = [r.sentence() for r in reasons if r is not worst]
    return [
        FindingDraft(
            FindingKind.RISK if FindingKind.RISK in kinds else kinds[0],
            severity,
            worst.check,
            " ".join([worst.sentence(), *others]),
            placed.index,
            worst.said,
            worst.source,
            assessment.evidence,
        )
    ]


def _kind(placed: Placed, assessment: Assessment, reason: Reason) -> FindingKind:
    """Risk where the doubted words stand beside words of risk, not where a dose does."""
    is_line = placed.statement.text.startswith(f"{RISK}: ")
    if placed.section.key == "risk" or is_line or _tells_risk(_clause(placed, reason)):
        return FindingKind.RISK
    contradicted = assessment.support is Support.CONTRADICTED
    return FindingKind.CONTRADICTED if contradicted else FindingKind.UNSUPPORTED


def _tells_risk(text: str) -> bool:
    return any(a.concept.kind is Kind.RISK for a in read_statement(text).assertions)


def _clause(placed: Placed, reason: Reason) -> str:
    """The clauses of the statement that hold the doubted words; all of it if none does."""
    body = frame(placed.statement.text).body
    said = reason.said.strip("“” ")[:40]
    return "\n".join(c for c in re.split(r"[.;]\s", body) if said in c) or body


def bounded(omissions: Sequence[Omission]) -> list[FindingDraft]:
    """A finding for each that is major and for the first of the others; the rest is one, because
    who has ten to click away reads none."""
    majors = [o for o in omissions if o.severity is Severity.MAJOR]
    minors = [o for o in omissions if o.severity is not Severity.MAJOR]
    told = [_omitted(each) for each in (*majors, *minors[:MOST_TOLD])]
    return [*told, _further(minors[MOST_TOLD:])] if minors[MOST_TOLD:] else told


def _further(omissions: Sequence[Omission]) -> FindingDraft:
    facts = "; ".join(each.fact[:SHOWN].rstrip(". ") for each in omissions)
    places = tuple(span for each in omissions for span in each.evidence[:1])
    source = places[0].source if places else ""
    message = f"Nor carried, of what weighs less: {facts}."
    return FindingDraft(
        FindingKind.OMITTED, Severity.MINOR, "further", message, None, "", source, places
    )


def is_told_as_left_out(omission: Omission, for_brevity: frozenset[str]) -> bool:
    """Of what would do no harm and had no room the last line of the document tells; the desk lists
    it, and no finding is made of each."""
    of = {span.record_id for span in omission.evidence}
    return omission.severity is Severity.MINOR and bool(of) and of <= for_brevity


def _omitted(omission: Omission) -> FindingDraft:
    source = omission.evidence[0].source if omission.evidence else ""
    return FindingDraft(
        FindingKind.OMITTED,
        omission.severity,
        omission.kind,
        omission.sentence(),
        None,
        "",
        source,
        omission.evidence,
    )


def _dropped(coverage: Mapping[str, Any]) -> list[FindingDraft]:
    """What a writer said without a source was kept out of the text: shown, it blocks nothing."""
    return [
        FindingDraft(
            FindingKind.UNSUPPORTED,
            Severity.MINOR,
            "dropped",
            f"Left out of {each['section']}: {each['reason']}",
            None,
            each["said"],
        )
        for each in coverage.get("dropped", ())
    ]


def _planted(
    coverage: Mapping[str, Any], records: Mapping[str, SourceRecord]
) -> list[FindingDraft]:
    """Text of the chart that speaks to a program: a person must see what it wants."""
    found = []
    for each in coverage.get("planted", ()):
        record = records.get(each["record_id"])
        quote = record.text[each["start"] : each["end"]] if record else ""
        span = Span(each["source"], each["start"], each["end"], quote, each["record_id"])
        severity = Severity(each["severity"])
        left_out = " It was left out of the draft." if severity is Severity.MAJOR else ""
        found.append(
            FindingDraft(
                FindingKind.INJECTION,
                severity,
                each["check"],
                f"A source has text that speaks to a program ({each['check']}).{left_out}",
                None,
                "",
                quote[:300],
                (span,),
            )
        )
    return found


def _until(coverage: Mapping[str, Any]) -> datetime | None:
    written = (coverage.get("window") or {}).get("until")
    return datetime.fromisoformat(written) if written else None
