"""A sample's ratings for a spreadsheet or a program; chart text only when asked for."""

import csv
import io
import json
from collections import Counter
from dataclasses import asdict
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from service import audit
from service.qa.models import QaItem, QaRating
from service.qa.permissions import check_may_rate
from service.qa.rating import find_sample
from service.qa.results import results
from service.qa.rubric import QUESTIONS, MarkKind
from service.review.cells import safe_cell
from service.review.restriction import may_read
from service.summary.models import Summary, SummaryVersion
from service.summary.people import Person

IDS = ["position", "item_id", "summary_id", "type", "digest", "rater", "rated_at"]


def export_csv(session: Session, sample_id: str, *, by: Person, with_text: bool = False) -> str:
    """One line a rating. `with_text` adds comment and notes, which may quote the chart.

    Raises NotFound, NotPermitted.
    """
    rows = _exported(session, sample_id, by, with_text, "csv")
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, _columns(with_text), extrasaction="ignore")
    writer.writeheader()
    writer.writerows({name: safe_cell(value) for name, value in _flat(row).items()} for row in rows)
    return out.getvalue()


def export_marks(session: Session, sample_id: str, *, by: Person, with_text: bool = False) -> str:
    """One line a marked error: which statement of which text, by whom. `with_text` adds the
    statement's words and the rater's note.

    Raises NotFound, NotPermitted.
    """
    rows = _exported(session, sample_id, by, with_text, "marks")
    out = io.StringIO(newline="")
    named = [*IDS, "kind", "statement_index", *(("statement", "note") if with_text else ())]
    writer = csv.DictWriter(out, named, extrasaction="ignore")
    writer.writeheader()
    lines = ({**row, **mark} for row in rows for mark in row["marks"])
    writer.writerows({name: safe_cell(line[name]) for name in named} for line in lines)
    return out.getvalue()


def export_json(session: Session, sample_id: str, *, by: Person, with_text: bool = False) -> str:
    """The sample, its results and every rating. `with_text` as in export_csv.

    Raises NotFound, NotPermitted.
    """
    shown = asdict(results(session, sample_id, by=by))
    ratings = _exported(session, sample_id, by, with_text, "json")
    return json.dumps({**shown, "ratings": ratings}, indent=2, default=str, ensure_ascii=False)


def _exported(
    session: Session, sample_id: str, by: Person, with_text: bool, form: str
) -> list[dict[str, Any]]:
    check_may_rate(by)
    sample = find_sample(session, sample_id)
    rows, patients = [], set()
    for item, rating, of, version in session.execute(_ratings(sample.id)):
        is_open = with_text and may_read(session, of, version, by)
        rows.append(_row(item, rating, of, version, with_text, is_open=is_open))
        patients |= {of.patient_ref} if is_open else set()
    audit.record(
        session,
        "qa-sample.exported",
        actor=by.id,
        subject_id=sample.id,
        form=form,
        with_text=with_text,
        ratings=len(rows),
        patients=sorted(patients),
    )
    return rows


def _ratings(sample_id: str) -> Select[QaItem, QaRating, Summary, SummaryVersion]:
    return (
        select(QaItem, QaRating, Summary, SummaryVersion)
        .join(QaRating, QaRating.item_id == QaItem.id)
        .join(Summary, Summary.id == QaItem.summary_id)
        .join(SummaryVersion, SummaryVersion.id == QaItem.version_id)
        .where(QaItem.sample_id == sample_id)
        .order_by(QaItem.position, QaRating.person_id)
    )


def _row(
    item: QaItem,
    rating: QaRating,
    summary: Summary,
    version: SummaryVersion,
    with_text: bool,
    *,
    is_open: bool,
) -> dict[str, Any]:
    """With `is_open` false no words: neither the text's nor those that a rater wrote of it."""
    words = version if is_open else None
    row: dict[str, Any] = {
        "position": item.position,
        "item_id": item.id,
        "summary_id": summary.id,
        "type": summary.type.value,
        "digest": item.digest,
        "rater": rating.person_id,
        "rated_at": rating.rated_at.isoformat(),
        "answers": rating.answers,
        "marks": [_mark(mark, words, with_text) for mark in rating.marks],
    }
    return row | ({"comment": rating.comment if is_open else ""} if with_text else {})


def _mark(mark: dict[str, Any], version: SummaryVersion | None, with_text: bool) -> dict[str, Any]:
    index = mark["statement_index"]
    shown = {"kind": mark["kind"], "statement_index": index}
    if not with_text:
        return shown
    if version is None:
        return {**shown, "note": "", "statement": ""}
    statement = version.content.statement(index).text if index is not None else ""
    return {**shown, "note": mark["note"], "statement": statement}


def _columns(with_text: bool) -> list[str]:
    questions = [question.key for question in QUESTIONS]
    kinds = [kind.value for kind in MarkKind]
    return IDS + questions + kinds + (["comment", "notes"] if with_text else [])


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """A rating as one line: an answer a column, and for each kind of error how many."""
    marks = row.pop("marks")
    counts = Counter(mark["kind"] for mark in marks)
    notes = "; ".join(mark["note"] for mark in marks if mark.get("note"))
    return {**row, **row.pop("answers"), **{k.value: counts[k] for k in MarkKind}, "notes": notes}
