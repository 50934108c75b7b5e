"""`countersign audit`: walk the chain, and keep its head out of the database's reach."""

from collections import deque
from pathlib import Path

import click

from service import audit as trail
from service.cli.common import as_json, opened, show
from service.settings import load_settings


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
        held = f", and fits {len(anchors)} anchors" if anchor else ""
        line = f"The chain holds over {count} rows{held}. Its head is {head}."
    show(answer, as_json=as_json, lines=[line])
    return 1 if broken else 0


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
