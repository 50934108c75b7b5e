"""`countersign audit`: walk the chain, and keep its head out of the database's reach."""

import os
from collections import deque
from datetime import UTC, datetime
from pathlib import Path

import click
import orjson

from service import audit as trail
from service.cli.common import as_json, opened, show
from service.review.auditevents import audit_event
from service.settings import load_settings
from service.summary.people import COMMAND_LINE

ACTOR = COMMAND_LINE.id


@click.group()
def audit() -> None:
    """The record of who did what."""


@audit.command()
@as_json
@click.option(
    "--anchor",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Heads that `audit anchor` has kept: a chain that was cut or written anew does not fit.",
)
def verify(as_json: bool, anchor: Path | None) -> int:
    """Walk the hash chain end to end; name the first broken link."""
    anchors = trail.anchors_in(anchor) if anchor else {}
    with opened(load_settings()) as (_, runtime), runtime.transaction() as session:
        count, head = trail.length_and_head(session)
        acts = trail.chain(session)
        broken = trail.broken_link(acts, trail.key_of(runtime.settings), anchors)
        deque(acts, maxlen=0)  # to the end also when it breaks: so its server cursor is closed
    answer = {
        "rows": count,
        "head": head,
        "anchors": len(anchors),
        "broken_at": broken.seq if broken else None,
        "reason": broken.reason if broken else None,
    }
    if broken:
        line = f"The chain breaks at row {broken.seq}: {broken.reason}."
    else:
        held = f", and fits all that is anchored ({len(anchors)})" if anchor else ""
        line = f"The chain holds over {count} rows{held}. Its head is {head}."
    show(answer, as_json=as_json, lines=[line])
    return 1 if broken else 0


@audit.command()
@as_json
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="The first day, in UTC.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The day after the last.")
@click.option(
    "--with-withheld",
    is_flag=True,
    help="For the security officer alone: whose notes are withheld by their look, too.",
)
def export(
    as_json: bool,
    file: Path,
    since: datetime | None,
    until: datetime | None,
    with_withheld: bool,
) -> int:
    """Write the audit to FILE as FHIR R4 AuditEvents, one a line."""
    written = 0
    with (
        opened(load_settings()) as (_, runtime),
        runtime.transaction() as session,
        os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as lines,
    ):
        for act in trail.chain(session):
            if (since and act.at < _utc(since)) or (until and act.at >= _utc(until)):
                continue
            lines.write(orjson.dumps(audit_event(act, with_withheld=with_withheld)) + b"\n")
            written += 1
        trail.record(
            session, "audit.exported", actor=ACTOR, rows=written, with_withheld=with_withheld
        )
    show({"rows": written}, as_json=as_json, lines=[f"{written} acts written to {file}."])
    return 0


def _utc(day: datetime) -> datetime:
    return day.replace(tzinfo=UTC)


@audit.command("anchor")
@as_json
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def add_anchor(as_json: bool, file: Path) -> int:
    """Add the chain's length and head to FILE, on a disk that the database's owner cannot write.

    Run it by the clock of another machine, each hour say.
    """
    with opened(load_settings()) as (_, runtime), runtime.transaction() as session:
        count, head = trail.anchor(session, file)
    show({"rows": count, "head": head}, as_json=as_json, lines=[f"Anchored {count} rows: {head}."])
    return 0
