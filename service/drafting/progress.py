"""How far a draft has come, in counts and never in chart text; and who may stop it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from service.errors import CountersignError

T = TypeVar("T")


@dataclass(frozen=True)
class Progress:
    """`done` of `total` in a stage (reading, writing, checking); `words` for the page."""

    stage: str
    done: int
    total: int
    words: str


class DraftCancelled(CountersignError):
    """A person stopped the draft; nothing was stored."""

    status_code = 409


def tell_nobody(_: Progress) -> None:
    """Where no page follows the draft."""


def never() -> bool:
    """Where nobody can cancel the draft."""
    return False


@dataclass(frozen=True)
class Watch:
    """Who follows a draft: told how far it is, asked whether to go on."""

    report: Callable[[Progress], None] = tell_nobody
    cancelled: Callable[[], bool] = never

    def reading(self, records: int) -> None:
        self._tell("reading", records, records, f"Reading {records:,} records")

    def writing(self, done: int, sections: int) -> None:
        self._tell("writing", done, sections, f"Section {done} of {sections} written")

    def checking(self, done: int, statements: int) -> None:
        self._tell("checking", done, statements, f"Checking {statements} statements")

    def check(self) -> None:
        """Raise DraftCancelled when somebody has asked for it."""
        if self.cancelled():
            raise DraftCancelled("The draft was cancelled. Ask for it again when it is wanted.")

    def through(self, values: Iterable[T]) -> Iterator[T]:
        """The same values, with a look before each whether to go on."""
        for value in values:
            self.check()
            yield value

    def _tell(self, stage: str, done: int, total: int, words: str) -> None:
        self.check()
        self.report(Progress(stage, done, total, words))


NOBODY = Watch()
