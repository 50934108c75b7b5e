"""What Redis holds of a draft under way: how far it is, and who asked to stop it."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime

import redis
from itsdangerous import BadSignature, URLSafeTimedSerializer

from service.database import now
from service.drafting.progress import Progress, Watch
from service.errors import Unavailable
from service.summary.people import Person
from service.summary.vocabulary import Role

KEPT_S = 3_600  # what a killed worker left behind is gone after the longest draft
LOOK_EVERY_S = 0.1  # a loop may ask at each of its steps; Redis is asked this often
SHARE = 20  # a look takes at most one part in so many of a draft's time, also when Redis hangs
TIMEOUT_S = 1.0  # a draft goes on without telling; it must not wait for a Redis that hangs


SWEPT = "swept-at"
QUEUE = "celery"  # where Celery keeps what no worker has taken


class UnderWay:
    """Ids and counts only: who drafts tells here; who waits for it reads, and may stop it. Who
    asked is signed with `key`, for what a worker then writes down is written in their name; and
    which `run` of the summary they meant (progress.run_of), so that their word ends no later one.
    """

    def __init__(self, redis_url: str, key: bytes) -> None:
        self._signer = URLSafeTimedSerializer(key, salt="countersign.stop")
        self._redis = redis.Redis.from_url(
            redis_url,
            socket_timeout=TIMEOUT_S,
            socket_connect_timeout=TIMEOUT_S,
            decode_responses=True,
        )

    def watch(self, summary_id: str, run: int) -> Watch:
        """What the writer of this draft tells and asks."""
        return Watch(
            report=lambda step: self._tell(summary_id, step),
            cancelled=now_and_then(lambda: self.stopped_by(summary_id, run) is not None),
        )

    def progress(self, summary_id: str) -> Progress | None:
        """How far the draft is; None when nothing is told, or Redis is away."""
        with suppress(redis.RedisError, ValueError, TypeError):
            told = self._redis.get(f"progress:{summary_id}")
            return Progress(**json.loads(str(told))) if told else None
        return None

    def ask_to_stop(self, summary_id: str, run: int, person: Person) -> None:
        """Leave word that this person wants the draft stopped. Raises Unavailable."""
        said = self._signer.dumps([summary_id, run, _told(person)])
        try:
            self._redis.set(f"stop:{summary_id}", said, ex=KEPT_S)
        except redis.RedisError:
            raise Unavailable("Redis is away: nobody can be told to stop. Try again.") from None

    def stopped_by(self, summary_id: str, run: int) -> Person | None:
        """Who asked to stop the draft; nobody when Redis is away, or was written to by others: a
        draft then comes to its end."""
        with suppress(redis.RedisError, BadSignature):
            if said := self._redis.get(f"stop:{summary_id}"):
                *of, person = self._signer.loads(str(said), max_age=KEPT_S)
                return _person(person) if of == [summary_id, run] else None
        return None

    def forget(self, summary_id: str) -> None:
        """The draft is over, or stopped."""
        with suppress(redis.RedisError):
            self._redis.delete(f"progress:{summary_id}", f"stop:{summary_id}")

    def tell_waiting(self, summary_id: str) -> None:
        """The draft waits: how far it had come tells nothing any more."""
        with suppress(redis.RedisError):
            self._redis.delete(f"progress:{summary_id}")

    def tell_swept(self) -> None:
        """A sweep for owed work has gone by: workers and their clock are alive."""
        with suppress(redis.RedisError):
            self._redis.set(SWEPT, now().isoformat())

    def swept_at(self) -> datetime | None:
        """When the last sweep went by; None when Redis is away or has forgotten."""
        with suppress(redis.RedisError, ValueError):
            told = self._redis.get(SWEPT)
            return datetime.fromisoformat(str(told)) if told else None
        return None

    def waiting(self) -> int | None:
        """Messages that no worker has taken yet (in Redis a queue is a list)."""
        with suppress(redis.RedisError):
            return int(str(self._redis.llen(QUEUE)))
        return None

    def close(self) -> None:
        self._redis.close()

    def _tell(self, summary_id: str, step: Progress) -> None:
        with suppress(redis.RedisError):
            self._redis.set(f"progress:{summary_id}", json.dumps(asdict(step)), ex=KEPT_S)


def now_and_then(ask: Callable[[], bool], every_s: float = LOOK_EVERY_S) -> Callable[[], bool]:
    """Asks when so long has passed since it last did, or SHARE times what that took; meanwhile
    the answer is no."""
    due = 0.0

    def asked() -> bool:
        nonlocal due
        began = time.monotonic()
        if began < due:
            return False
        answer = ask()
        ended = time.monotonic()
        due = ended + max(every_s, SHARE * (ended - began))
        return answer

    return asked


def _told(person: Person) -> dict[str, str | None]:
    """Who it is; what they may open was asked of them before."""
    return {name: getattr(person, name) for name in ("id", "name", "role", "practitioner_ref")}


def _person(value: dict[str, str]) -> Person:
    return Person(value["id"], value["name"], Role(value["role"]), value["practitioner_ref"])
