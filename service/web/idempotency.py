"""A write sent twice under one Idempotency-Key happens once and is answered the same twice."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from service import audit
from service.access.held import told_apart
from service.database import now
from service.errors import Conflict
from service.web.errors import KeyReused
from service.web.guards import Caller
from service.web.models import KeptAnswer
from service.web.transactions import Transaction

KEEP_FOR = timedelta(hours=24)

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,255}$",
        description="Chosen by you, new for each act. The same key with the same request gets "
        "the first answer again for a day, unless what it shows was closed since (409); with "
        "another request it is refused (422).",
    ),
]


@dataclass(frozen=True)
class Answer:
    """What a write answers; `patient_ref` lets erasure find it while it is kept."""

    body: BaseModel
    status: int = 200
    location: str | None = None
    patient_ref: str | None = None


@dataclass(frozen=True)
class Once:
    """Carries out an act unless its key was seen, and keeps the answer in the same transaction.

    A refusal is not kept: nothing happened, so the same request may be sent again.
    """

    session: Session
    person_id: str
    key: str | None
    request: str
    request_hash: str

    def __call__(self, act: Callable[[], Answer]) -> Response:
        if self.key is None:
            return _response(_kept(self, act()))
        self._hold_key()
        known = self._known()
        if known is None:
            known = _kept(self, act())
            known.made_at = now()
            known.basis = self._basis(known)
            self.session.add(known)
        else:
            self._check_open(known)
            self._note_replay(known)
        return _response(known)

    def _check_open(self, known: KeptAnswer) -> None:
        """Raise Conflict where a label or a consent may have closed some of it since."""
        if known.basis != self._basis(known):
            raise Conflict(
                "It was done, and what may be shown of this patient has changed since: the answer "
                "is not given again. Read how it stands now."
            )

    def _basis(self, known: KeptAnswer) -> str:
        if known.patient_ref is None:
            return ""
        told = told_apart(self.session, known.patient_ref, held_at=known.made_at)
        return hashlib.sha256(told.encode()).hexdigest()

    def _note_replay(self, known: KeptAnswer) -> None:
        """An answer that is given again may show a chart again."""
        method = known.request.partition(" ")[0]
        audit.record(
            self.session,
            "answer.replayed",
            actor=self.person_id,
            patient_ref=known.patient_ref,
            method=method,
            status=known.status,
            first_given=known.made_at.isoformat(),
        )

    def _hold_key(self) -> None:
        """Only one request at a time may work under a key; it is let go at commit."""
        name = f"{self.person_id}\n{self.key}"
        lock = func.pg_try_advisory_xact_lock(func.hashtextextended(name, 0))
        if not self.session.scalar(select(lock)):
            raise Conflict("The same request is being worked on. Send it again in a moment.")

    def _known(self) -> KeptAnswer | None:
        _forget_old(self.session)
        query = select(KeptAnswer).where(
            KeptAnswer.person_id == self.person_id, KeptAnswer.key == self.key
        )
        known = self.session.scalars(query).first()
        if known and (known.request, known.request_hash) != (self.request, self.request_hash):
            raise KeyReused("This Idempotency-Key was used for another request. Take a new one.")
        return known


async def once(request: Request, session: Transaction, caller: Caller, key: Key = None) -> Once:
    """The Once of a request whose body is small enough to be read whole."""
    return once_for(request, session, caller.person.id, key, await body_hash(request))


def once_for(
    request: Request, session: Session, person_id: str, key: str | None, content_hash: str
) -> Once:
    line = f"{request.method} {request.url.path}?{request.url.query}"
    return Once(session, person_id, key, line, audit.site_hash(session, content_hash))


async def body_hash(request: Request) -> str:
    return hashlib.sha256(await request.body()).hexdigest()


ActOnce = Annotated[Once, Depends(once)]


def _forget_old(session: Session) -> None:
    """Answers of yesterday go; those that another request is deleting are left to it."""
    old = select(KeptAnswer.id).where(KeptAnswer.made_at < now() - KEEP_FOR)
    chosen = old.with_for_update(skip_locked=True)
    session.execute(
        delete(KeptAnswer)
        .where(KeptAnswer.id.in_(chosen))
        .execution_options(synchronize_session=False)
    )


def _kept(once: Once, answer: Answer) -> KeptAnswer:
    return KeptAnswer(
        person_id=once.person_id,
        key=once.key,
        request=once.request,
        request_hash=once.request_hash,
        status=answer.status,
        body=answer.body.model_dump_json(),
        location=answer.location,
        patient_ref=answer.patient_ref,
    )


def _response(kept: KeptAnswer) -> Response:
    headers = {"Location": kept.location} if kept.location else {}
    return Response(kept.body, kept.status, headers, media_type="application/json")
