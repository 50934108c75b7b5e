"""Who and what a version is from: the writer, its prompt, what it took."""

import time
from typing import Any

from service.drafting.request import Drafted, Writer
from service.drafting.template import Prompt


class Clock:
    """How long each stage of a draft took, in seconds."""

    def __init__(self) -> None:
        self.stages: dict[str, float] = {}
        self._began = self._last = time.monotonic()

    def mark(self, stage: str) -> None:
        """The stage that has ended now."""
        at = time.monotonic()
        self.stages[stage], self._last = round(at - self._last, 3), at

    @property
    def seconds(self) -> float:
        return round(time.monotonic() - self._began, 3)


def written_by(
    writer: Writer, prompt: Prompt, drafted: Drafted, clock: Clock, off: str | None
) -> dict[str, Any]:
    """SummaryVersion.writer: name, prompt, version, hash, own_files, sections {key: who and why},
    seconds, stages; `off` where the model is switched off; and what a model's writer adds:
    model, endpoint, way, parameters, masked, tokens_in, tokens_out, tokens_estimated, cost,
    calls, remembered, repaired, redrafted, seconds_by_stage."""
    return {
        "name": writer.name,
        "prompt": prompt.summary_type.value,
        "version": prompt.meta.version,
        "hash": prompt.hash,
        "own_files": list(prompt.own_files),
        "sections": dict(drafted.writers),
        "seconds": clock.seconds,
        "stages": clock.stages,
        **({"off": off} if off else {}),
        **drafted.details,
    }
