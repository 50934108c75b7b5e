"""Sending what is owed to each receiver: signed, in order for each summary, again until taken."""

import time
from collections.abc import Iterable
from datetime import timedelta

import httpx
import orjson
import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from service.database import Transactions, now
from service.deadline import TookTooLong, within
from service.webhook import HookSettings, signed_headers
from service.writeback.hooks.models import HookMessage
from service.writeback.hooks.outbox import body_of, make_messages

log = structlog.get_logger(__name__)


TIMEOUT_S = 10.0
WHOLE_S = 30.0  # for all of an answer: a head that comes a byte at a time runs into no other limit
SENDS_A_RUN = 200  # of one receiver; the next sweep goes on
FIRST_PAUSE = timedelta(seconds=15)  # doubles at each try
LONGEST_PAUSE = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=3)  # a receiver that was away for a weekend misses nothing


def send_hooks(
    transaction: Transactions,
    hooks: Iterable[HookSettings],
    *,
    transport: httpx.BaseTransport | None = None,
) -> None:
    """Make the messages that are owed, and send what is due; one worker at a time. A receiver that
    does not take one keeps nobody else waiting, and no other summary."""
    hooks = list(hooks)
    with transaction() as turn:
        if not _is_our_turn(turn):
            return
        with transaction() as session:
            make_messages(session, hooks)
            _drop_unwanted(session, {hook.name for hook in hooks})
        with httpx.Client(timeout=TIMEOUT_S, transport=transport, follow_redirects=False) as http:
            for hook in hooks:
                _send_due(transaction, http, hook)


def _is_our_turn(session: Session) -> bool:
    turn = func.pg_try_advisory_xact_lock(func.hashtextextended("hooks", 0))
    return bool(session.scalar(select(turn)))


def _drop_unwanted(session: Session, names: set[str]) -> None:
    """What is owed to a receiver that the site has taken out."""
    session.execute(delete(HookMessage).where(HookMessage.name.not_in(names)))


def _send_due(transaction: Transactions, http: httpx.Client, hook: HookSettings) -> None:
    with transaction() as session:
        query = select(HookMessage).where(HookMessage.name == hook.name)
        owed = list(session.scalars(query.order_by(HookMessage.seq).limit(SENDS_A_RUN)))
    waiting: set[tuple[str, str]] = set()  # of what an earlier message is not taken yet
    for message in owed:
        if message.told_of in waiting:
            continue
        if message.next_at > now():
            waiting.add(message.told_of)
            continue
        refusal = _send(http, hook, message)
        with transaction() as session:
            if _settle(session, message, refusal):
                continue
        waiting.add(message.told_of)
        if refusal == SILENT:
            return  # it is away: each further message would cost its time limit


SILENT = "no answer"


def _send(http: httpx.Client, hook: HookSettings, message: HookMessage) -> str:
    """ "" where it was taken, else why not, without a word of the receiver's."""
    body = orjson.dumps(body_of(message))
    secret = hook.secret.get_secret_value()
    headers = signed_headers(secret, message.id, body, at=time.time())
    headers["content-type"] = "application/json"
    try:
        with (
            within(WHOLE_S),
            http.stream("POST", hook.url, content=body, headers=headers) as answer,
        ):
            return "" if answer.is_success else str(answer.status_code)
    except (httpx.HTTPError, TookTooLong):
        return SILENT


def _settle(session: Session, message: HookMessage, refusal: str) -> bool:
    """True when there is nothing more to be done about it."""
    this = HookMessage.id == message.id
    is_over = now() - message.made_at > GIVE_UP_AFTER
    if not refusal or is_over:
        session.execute(delete(HookMessage).where(this))
        if refusal:
            log.error("hook.given-up", hook=message.name, id=message.id, said=refusal)
        return True
    pause = min(FIRST_PAUSE * 2 ** min(message.tries, 20), LONGEST_PAUSE)
    again = {"tries": message.tries + 1, "next_at": now() + pause, "said": refusal}
    session.execute(update(HookMessage).where(this).values(**again))
    log.warning("hook.refused", hook=message.name, id=message.id, said=refusal)
    return False
