"""What outlives a draft's own transaction: answers already paid for, and how the endpoint fares."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.database import Transactions, now
from service.drafting.model.failures import EndpointFailed, ModelWaiting
from service.drafting.model.pace import Pace
from service.drafting.model.schema import SectionAnswer
from service.drafting.models import ModelAnswer, ModelEndpoint


@dataclass(frozen=True)
class Kept:
    """An answer and what it cost."""

    answer: SectionAnswer
    tokens_in: int
    tokens_out: int


@dataclass(frozen=True)
class Known:
    """What was found out about an endpoint: how it can be asked, and how fast it is."""

    way: str
    pace: Pace | None


class Ledger(Protocol):
    """Where a writer keeps what must survive it."""

    def known(self, endpoint: str) -> Known | None: ...
    def learn(self, endpoint: str, known: Known) -> None: ...

    def recall(self, keys: Iterable[str]) -> dict[str, Kept]: ...
    def check_open(self, endpoint: str) -> None: ...
    def answered(self, endpoint: str, answer: ModelAnswer | None = None) -> None: ...
    def failed(self, endpoint: str, failure: EndpointFailed) -> None: ...


class NoLedger:
    """Keeps nothing: every question is asked, and no failure is counted."""

    def known(self, endpoint: str) -> Known | None:
        """Nothing."""

    def learn(self, endpoint: str, known: Known) -> None:
        """Nothing."""

    def recall(self, keys: Iterable[str]) -> dict[str, Kept]:  # noqa: ARG002
        return {}

    def check_open(self, endpoint: str) -> None:
        """Always."""

    def answered(self, endpoint: str, answer: ModelAnswer | None = None) -> None:
        """Nothing."""

    def failed(self, endpoint: str, failure: EndpointFailed) -> None:
        """Nothing."""


@dataclass(frozen=True)
class DatabaseLedger:
    """In PostgreSQL, each line in a short transaction of its own that `apart` opens and commits:
    the draft's own transaction is rolled back when its worker dies."""

    apart: Transactions
    failures: int = 5
    pause_s: float = 60.0

    def known(self, endpoint: str) -> Known | None:
        """What a draft or `doctor` found out, here or in another process."""
        with self.apart() as session:
            row = session.get(ModelEndpoint, endpoint)
            if row is None or not row.way:
                return None
            return Known(row.way, _pace(row))

    def learn(self, endpoint: str, known: Known) -> None:
        """Keep it for whoever asks next."""
        found: dict[str, Any] = {"way": known.way}
        if pace := known.pace:
            found |= {"reads": pace.reads, "writes": pace.writes, "measured_at": pace.at}
        made = insert(ModelEndpoint).values(name=endpoint, failures=0, said="", **found)
        with self.apart() as session:
            session.execute(made.on_conflict_do_update(index_elements=["name"], set_=found))

    def recall(self, keys: Iterable[str]) -> dict[str, Kept]:
        """The answers that are already here, by key."""
        with self.apart() as session:
            rows = session.scalars(select(ModelAnswer).where(ModelAnswer.key.in_(list(keys))))
            return {
                row.key: Kept(
                    SectionAnswer.model_validate(row.answer), row.tokens_in, row.tokens_out
                )
                for row in rows
            }

    def check_open(self, endpoint: str) -> None:
        """Raise ModelWaiting while the endpoint is left alone after many failures.

        When the pause is over one draft may try; the others wait for what it finds.
        """
        with self.apart() as session:
            row = session.get(ModelEndpoint, endpoint)
            if row is None or row.closed_until is None:
                return
            said, until = waiting_words(row), row.closed_until
            if until <= now() and self._may_try(session, endpoint):
                return
        raise ModelWaiting(said, retry_after_s=max(1.0, (until - now()).total_seconds()))

    def answered(self, endpoint: str, answer: ModelAnswer | None = None) -> None:
        """It works: no failures in a row any more. An answer that could be read is kept."""
        was_failing = or_(ModelEndpoint.failures > 0, ModelEndpoint.closed_until.is_not(None))
        mended = update(ModelEndpoint).where(ModelEndpoint.name == endpoint, was_failing)
        with self.apart() as session:
            session.execute(mended.values(failures=0, said="", closed_until=None))
            if answer is not None:
                session.merge(answer)

    def failed(self, endpoint: str, failure: EndpointFailed) -> None:
        """Count it. Raises ModelWaiting when it is one too many in a row, or when the endpoint
        itself asks for a longer pause."""
        with self.apart() as session:
            made = insert(ModelEndpoint).values(name=endpoint, failures=0, said="")
            session.execute(made.on_conflict_do_nothing())
            row = session.get_one(ModelEndpoint, endpoint, with_for_update=True)
            row.failures, row.said = row.failures + 1, failure.said
            wished = failure.retry_after_s or 0.0
            if row.failures < self.failures and wished <= self.pause_s:
                return
            row.closed_until = now() + timedelta(seconds=max(self.pause_s, wished))
            said, until = waiting_words(row), row.closed_until
        raise ModelWaiting(said, retry_after_s=(until - now()).total_seconds())

    def _may_try(self, session: Session, endpoint: str) -> bool:
        """Whether this draft is the one that tries: only one finds the pause over."""
        mine = update(ModelEndpoint).where(
            ModelEndpoint.name == endpoint, ModelEndpoint.closed_until <= now()
        )
        pause = now() + timedelta(seconds=self.pause_s)
        taken = session.execute(mine.values(closed_until=pause).returning(ModelEndpoint.name))
        return taken.first() is not None


def forget_answers(session: Session, summary_id: str) -> None:
    """The draft is stored: the answers that it was made of are not kept twice."""
    session.execute(delete(ModelAnswer).where(ModelAnswer.summary_id == summary_id))


def _pace(row: ModelEndpoint) -> Pace | None:
    if row.reads is None or row.writes is None or row.measured_at is None:
        return None
    return Pace(row.reads, row.writes, row.measured_at)


def waiting_words(row: ModelEndpoint) -> str:
    """What a waiting draft says, for the page: without a time, which would soon be past."""
    times = "once" if row.failures == 1 else f"{row.failures} times in a row"
    return (
        f"The model has failed {times} ({row.said}). This draft waits and "
        "tries again by itself; IT can switch the model off meanwhile."
    )
