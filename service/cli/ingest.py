"""`countersign ingest`: files, or an export of the EHR, into the charts."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.progress import Progress, TaskID

from service.bootstrap import Runtime
from service.chart import ingest as ingestion
from service.chart.bulk.models import Export
from service.chart.bulk.run import last_export, run_export
from service.chart.files import read_files
from service.chart.ingest import IngestCount, chunks
from service.cli.common import as_json, bar, opened, show
from service.fhir.references import is_ref
from service.settings import load_settings

EVERYBODY = "Patient"
LAST = "last"


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--group", metavar="ID", help="Instead: the EHR's export of this Group.")
@click.option("--everybody", is_flag=True, help="Instead: the EHR's export of every patient.")
@click.option("--since", metavar="INSTANT", help="Of an export: what is new since; `last` goes on.")
@click.option("--type", "types", multiple=True, metavar="TYPE", help="Of an export: these only.")
@as_json
def ingest(
    paths: tuple[Path, ...],
    group: str | None,
    everybody: bool,
    since: str | None,
    types: tuple[str, ...],
    as_json: bool,
) -> int:
    """Read Bundles or ndjson (also .gz), or a Bulk Data export, into the charts."""
    if [bool(paths), bool(group), everybody].count(True) != 1:
        raise click.UsageError("Name files or folders, or --group ID, or --everybody.")
    scope = _scope(group)
    if paths and (since or types):
        raise click.UsageError("--since and --type are of an export.")
    with opened(load_settings()) as (_, runtime), bar(as_json) as progress:
        task = progress.add_task("resources", total=None)
        if paths:
            return _told_files(_files(runtime, paths, progress, task), as_json)
        asked = _Asked(scope, _instant(runtime, scope, since), types)
        return _told_export(_export(runtime, asked, progress, task), as_json)


@dataclass(frozen=True)
class _Asked:
    scope: str
    since: datetime | None
    types: Sequence[str]


def _scope(group: str | None) -> str:
    if group is None:
        return EVERYBODY
    scope = group if group.startswith("Group/") else f"Group/{group}"
    if not is_ref(scope):
        raise click.UsageError(f"{group} is no id of a Group.")
    return scope


def _instant(runtime: Runtime, scope: str, since: str | None) -> datetime | None:
    if since is None:
        return None
    if since == LAST:
        with runtime.transaction() as session:
            return last_export(session, scope)
    try:
        at = datetime.fromisoformat(since)
    except ValueError:
        raise click.UsageError(f"{since} is no instant, such as 2026-05-01T00:00:00Z.") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _files(
    runtime: Runtime, paths: Sequence[Path], progress: Progress, task: TaskID
) -> IngestCount:
    # The EHR's own address: absolute references to it mean records held here.
    bases = (runtime.settings.fhir_url,) if runtime.settings.fhir_url else ()
    count = IngestCount()
    for chunk in chunks(read_files(paths, bases=bases)):
        with runtime.transaction() as session:
            count += ingestion.ingest(session, "file", chunk)
        progress.update(task, completed=count.received)
    return count


def _export(runtime: Runtime, asked: _Asked, progress: Progress, task: TaskID) -> Export:
    def report(export: Export) -> None:
        progress.update(task, completed=_count(export).received)

    return run_export(
        runtime.transaction,
        runtime.client,
        asked.scope,
        since=asked.since,
        types=asked.types,
        report=report,
    )


def _count(export: Export) -> IngestCount:
    return IngestCount(export.kept, export.unchanged, export.quarantined, export.gaps)


def _told_files(count: IngestCount, as_json: bool) -> int:
    answer = asdict(count) | {"received": count.received}
    show(answer, as_json=as_json, lines=[_line(count)])
    return 1 if count.quarantined else 0


def _told_export(export: Export, as_json: bool) -> int:
    count = _count(export)
    more = {"deleted": export.deleted, "errors": export.errors, "as_of": export.as_of}
    answer = asdict(count) | {"received": count.received} | more
    lines = [
        _line(count),
        f"{export.deleted} are deleted in the EHR. As of {export.as_of}: `--since last` goes on.",
    ]
    if export.errors:
        lines.append(f"The EHR could not export {export.errors} things; the log has its codes.")
    show(answer, as_json=as_json, lines=lines)
    return 1 if count.quarantined or export.errors else 0


def _line(count: IngestCount) -> str:
    return (
        f"{count.received} resources: {count.kept} kept, {count.unchanged} unchanged, "
        f"{count.quarantined} quarantined. {count.gaps} gaps are named in the charts."
    )
