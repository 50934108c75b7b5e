"""The workers' own task module, on the parts of this run, with settings of a test."""

import pytest

from service.bootstrap import Runtime


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
