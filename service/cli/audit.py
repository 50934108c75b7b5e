"""`countersign audit`: walk the chain."""

from collections import deque

import click

from service import audit as trail
from service.cli.common import as_json, opened, show
from service.settings import load_settings


@click.group()
def audit() -> None:
    """The record of who did what."""


@audit.command()
@as_json
def verify(as_json: bool) -> int:
    """Walk the hash chain end to end; name the first broken link."""
    with opened(load_settings()) as (_, runtime), runtime.transaction() as session:
        count, head = trail.length_and_head(session)
        acts = trail.chain(session)
        broken = trail.broken_link(acts)
        deque(acts, maxlen=0)  # to the end also when it breaks: so its server cursor is closed
    answer = {
        "rows": count,
        "head": head,
        "broken_at": broken.seq if broken else None,
        "reason": broken.reason if broken else None,
    }
    if broken:
        line = f"The chain breaks at row {broken.seq}: {broken.reason}."
    else:
        line = f"The chain holds over {count} rows. Its head is {head}."
    show(answer, as_json=as_json, lines=[line])
    return 1 if broken else 0
