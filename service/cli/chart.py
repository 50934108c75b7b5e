"""`countersign draft`, `retrieve`, `erase`, `reindex`: what is done to one chart."""

import time
from dataclasses import asdict

import click
import redis

from service import audit
from service.bootstrap import Runtime
from service.cli.common import agreed, as_json, bar, opened, patient_ref, show
from service.embedded import Parts
from service.errors import BadInput, Unavailable
from service.retrieval import indexing, sync
from service.retrieval.erase import erase_patient
from service.retrieval.evidence import Evidence
from service.retrieval.gather import open_chart
from service.retrieval.leftovers import erase_messages, vacuum_store
from service.review.viewing import note_view
from service.settings import load_settings
from service.summary import progress
from service.summary.lifecycle import Owner, owner
from service.summary.models import Summary
from service.summary.people import COMMAND_LINE
from service.summary.vocabulary import SummaryStatus, SummaryType

ACTOR = COMMAND_LINE.id
WAIT_LIMIT_S = 600
QUEUE_NOT_REACHED = (
    "queue: not reached. Its messages hold ids of the patient's summaries: run the command again "
    "when Redis answers; the audit still knows them."
)


@click.command()
@click.argument("patient")
@click.option(
    "--type",
    "summary_type",
    required=True,
    type=click.Choice([t.value for t in SummaryType]),
    help="Its kind.",
)
@click.option("--wait", is_flag=True, help="Wait until it is in review, or has failed.")
@as_json
def draft(patient: str, summary_type: str, wait: bool, as_json: bool) -> int:
    """Ask for a summary of PATIENT."""
    with opened(load_settings()) as (parts, runtime):
        with runtime.transaction() as session:
            summary_id = progress.request_summary(
                session, patient_ref(patient), SummaryType(summary_type), actor=ACTOR
            ).id
        summary = _waited(parts, runtime, summary_id) if wait else _found(runtime, summary_id)
        version = summary.current
        if version:
            with runtime.transaction() as session:
                note_view(session, summary, by=COMMAND_LINE)
        answer = {
            "id": summary.id,
            "status": summary.status,
            "reason": summary.status_reason,
            "digest": version.digest if version else None,
            "text": version.text if version else None,
        }
    lines = [f"Summary {summary.id} is {summary.status}. {summary.status_reason}".rstrip()]
    lines += [version.text] if version else []
    show(answer, as_json=as_json, lines=lines)
    return 1 if summary.status == SummaryStatus.FAILED else 0


@click.command()
@click.argument("patient")
@click.argument("query")
@click.option("--limit", default=20, show_default=True, help="How many passages at most.")
@as_json
def retrieve(patient: str, query: str, limit: int, as_json: bool) -> int:
    """Show what retrieval finds for QUERY in the chart of PATIENT, with scores."""
    with opened(load_settings()) as (_, runtime), runtime.transaction() as session:
        ref = patient_ref(patient)
        chart = open_chart(session, ref, index=runtime.index)
        asked, always = chart.ask(query), chart.always()
        seen = sorted({each.source_ref for each in asked.evidence[:limit]})
        audit.record(session, "chart.viewed", actor=ACTOR, patient_ref=ref, records=seen)
    found = asked.evidence[:limit]
    counts = ", ".join(f"{kind} {len(told)}" for kind, told in always.items())
    lines = [_line(each) for each in found] or [asked.looked_for]
    lines += (
        [f"{asked.not_fitted} more matched and are beyond the budget."] if asked.left_out else []
    )
    lines += [f"Always part of a draft, whatever is asked: {counts}."] if counts else []
    show([asdict(e) for e in found], as_json=as_json, lines=lines)
    return 0


def _line(found: Evidence) -> str:
    when = found.effective[:10]
    return f"{found.score:.3f}  {when:10}  {found.source_ref}  {found.text}\n       {found.why}"


@click.command()
@click.argument("patient")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
def erase(patient: str, yes: bool, as_json: bool) -> int:
    """Remove PATIENT from the database, the index and the queue. The EHR keeps its record."""
    if not (yes or agreed("Remove this patient from Countersign for good?")):
        raise BadInput("Nothing was removed. Answer y, or give --yes.")
    with opened(load_settings()) as (_, runtime):
        ref = patient_ref(patient)
        with runtime.transaction() as session:
            erased = erase_patient(session, ref, index=runtime.index, by=ACTOR)
            removed = erased.removed
        outside, reached = _erased_outside(runtime, erased.summary_ids)
    answer = removed | outside | {"stays": erased.stays, "queue_reached": reached}
    lines = [f"{count:>7}  {what}" for what, count in (removed | outside).items()]
    lines += [f"         {document}" for document in erased.stays]
    lines += [] if reached else [QUEUE_NOT_REACHED]
    show(answer, as_json=as_json, lines=lines)
    return 0 if reached else 1


@click.command()
@click.argument("patient", required=False)
@as_json
def reindex(patient: str | None, as_json: bool) -> int:
    """Rebuild the index of PATIENT, or of everybody, from the database."""
    total = {"charts": 0, "passages": 0, "embedded": 0}
    with opened(load_settings()) as (_, runtime), bar(as_json) as progress_bar:
        with runtime.transaction() as session:
            charts = [patient_ref(patient)] if patient else indexing.all_patients(session)
        task = progress_bar.add_task("charts", total=len(charts))
        for ref in charts:
            with runtime.transaction() as session:
                count = indexing.rebuild_patient(session, ref, index=runtime.index)
            total["charts"] += 1
            total["passages"] += count.passages
            total["embedded"] += count.embedded
            progress_bar.update(task, advance=1)
        mended = _mended(runtime)
    answer = total | mended
    show(answer, as_json=as_json, lines=[f"{count:>7}  {what}" for what, count in answer.items()])
    return 0


def _erased_outside(runtime: Runtime, summary_ids: tuple[str, ...]) -> tuple[dict[str, int], bool]:
    """The queue's messages and the files of the parts that were started here; whether the queue
    was reached. What was removed from the database is told in any case."""
    url = runtime.settings.redis_url
    removed, is_reached = {"queue messages": 0}, True
    try:
        if url:
            removed["queue messages"] = erase_messages(url.get_secret_value(), summary_ids)
    except redis.RedisError:
        is_reached = False
    vacuumed = vacuum_store(runtime.settings.data_dir / "chroma")
    return removed | {"vector store files rewritten": int(vacuumed)}, is_reached


def _mended(runtime: Runtime) -> dict[str, int]:
    with runtime.transaction() as session:
        return {
            f"{what} mended": n
            for what, n in asdict(sync.mend_index(session, index=runtime.index)).items()
        }


def _found(runtime: Runtime, summary_id: str) -> Summary:
    with runtime.transaction() as session:
        summary = progress.find_summary(session, summary_id)
        _ = summary.current and summary.current.text  # read while the session is open
        return summary


def _waited(parts: Parts, runtime: Runtime, summary_id: str) -> Summary:
    """Follow a summary until it is no longer the system's turn."""
    parts.add_worker()
    deadline = time.monotonic() + WAIT_LIMIT_S
    while time.monotonic() < deadline:
        summary = _found(runtime, summary_id)
        if owner(summary.status) is not Owner.SYSTEM:
            return summary
        time.sleep(0.2)
    raise Unavailable(
        f"Summary {summary_id} is still {summary.status} after {WAIT_LIMIT_S} s. "
        "It stays owed: start `countersign up` and look again."
    )
