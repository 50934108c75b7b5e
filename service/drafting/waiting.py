"""A draft waits for its model, but not for ever: then every section is taken from the chart."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from service.database import now
from service.drafting.extractive import NAME as EXTRACTIVE
from service.drafting.extractive import ExtractiveWriter
from service.drafting.model.failures import ModelWaiting
from service.drafting.request import Drafted, DraftRequest, Writer


@dataclass
class WaitingWriter:
    """A writer that is waited for until `until`; what it then still does not write is taken from
    the chart, and each section says why."""

    writer: Writer
    until: datetime
    most: timedelta
    is_away: bool = False

    @property
    def name(self) -> str:
        return self.writer.name

    def check_ready(self) -> None:
        """Raise ModelWaiting while it is worth waiting."""
        try:
            self.writer.check_ready()
        except ModelWaiting:
            if now() < self.until:
                raise
            self.is_away = True

    def write(self, request: DraftRequest) -> Drafted:
        """All sections, by the writer or from the chart. Raises what the writer raises."""
        if not self.is_away:
            try:
                return self.writer.write(request)
            except ModelWaiting:
                if now() < self.until:
                    raise
        drafted = ExtractiveWriter().write(request)
        said = f"{EXTRACTIVE} ({self._words()})"
        return replace(drafted, writers=dict.fromkeys(drafted.writers, said))

    def _words(self) -> str:
        minutes = max(1, round(self.most.total_seconds() / 60))
        return f"the model did not answer for {minutes} minute{'s' * (minutes > 1)}"


def waited_for(writer: Writer, *, since: datetime, most_s: float) -> Writer:
    """The writer, waited for `most_s` from the instant on at which its work was owed."""
    most = timedelta(seconds=most_s)
    return WaitingWriter(writer, since + most, most)
