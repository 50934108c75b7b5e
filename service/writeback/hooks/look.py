"""What can be told of the receivers without sending anything: for `doctor`."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.webhook import HookSettings
from service.writeback.hooks.models import HookMessage


def said(session: Session, hooks: Sequence[HookSettings]) -> str:
    """Who is told what, and what waits for whom since when."""
    return "; ".join(_one(session, hook) for hook in hooks) or "nobody is told anything"


def _one(session: Session, hook: HookSettings) -> str:
    query = select(func.count(), func.min(HookMessage.made_at), func.max(HookMessage.said))
    count, since, why = session.execute(query.where(HookMessage.name == hook.name)).one()
    events = ", ".join(each.removeprefix("summary.") for each in hook.events)
    waits = (
        f", {count} wait since {since:%Y-%m-%d %H:%M} ({why or 'not sent yet'})" if count else ""
    )
    return f"{hook.name}: {events}{waits}"
