"""The workers' own task module, on the parts of this run; and whole services of their own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from service import migrations
from service.bootstrap import Runtime
from service.embedded import Parts
from service.settings import Settings


@contextmanager
def all_parts(**settings: Any) -> Iterator[Parts]:
    """A database with its tables, Redis and Chroma of nobody else. What dies is started again."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("COUNTERSIGN_")]:
            patch.delenv(name)  # `worker_app` sets them; here all parts are to be our own
        with Parts(Settings(sweep_every_s=1.0, **settings)) as parts:
            runtime = Runtime(parts.settings)
            migrations.upgrade(runtime.engine)
            runtime.close()
            yield parts


@pytest.fixture
def task_with(worker_app, settings, monkeypatch):
    """`task_with(model="openai:x")` is that module, as a worker with these settings has it."""
    from workers import task

    opened = []

    def configured(**given):
        runtime = Runtime(settings.model_copy(update=given))
        opened.append(runtime)
        monkeypatch.setattr(task, "runtime", lambda: runtime)
        return task

    yield configured
    for runtime in opened:
        runtime.close()


@pytest.fixture
def task(task_with):
    return task_with()
