"""What one person asks for does not keep another waiting, whatever hangs and whoever is killed."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import func, select

from fhir_fixtures.stories import names, story
from service.bootstrap import Runtime
from service.cli.demo import bundles
from service.drafting.models import ModelSwitch
from service.embedded import Parts
from service.summary import progress
from service.summary.models import BegunTask, Job, Summary
from service.summary.vocabulary import SummaryStatus, SummaryType
from tests.workers.conftest import all_parts

pytestmark = pytest.mark.processes

HANGS_S = 60.0  # a draft that asks the model takes this long
SOON_S = 25.0  # less than that, and what a busy machine may need for a draft without a model
FIRST, *OTHERS = [story(name).patient_ref for name in names()]
BURST = 40


@pytest.fixture(scope="module")
def parts(new_data_dir: Callable[[str], Path]) -> Iterator[Parts]:
    """A whole service whose model never answers; it is not asked of `FIRST`."""
    at, limits = new_data_dir("shares"), ("model_timeout_s", "model_draft_timeout_s")
    with all_parts(data_dir=at, worker_processes=2, **dict.fromkeys(limits, HANGS_S)) as parts:
        parts.add_sandbox_ehr(bundles())
        parts.add_scripted_model("hang")
        runtime = Runtime(parts.settings)
        with runtime.transaction() as session:
            off = {"switch": f"patient:{FIRST}", "reason": "", "made_by": "it"}
            session.add(ModelSwitch(patient_ref=FIRST, **off))
        runtime.close()
        parts.add_worker()
        yield parts


@pytest.fixture
def runtime(parts: Parts) -> Iterator[Runtime]:
    runtime = Runtime(parts.settings)
    yield runtime
    runtime.close()


def ask(runtime: Runtime, person: str, patient_ref: str) -> str:
    with runtime.transaction() as session:
        return progress.request_summary(
            session, patient_ref, SummaryType.PRE_VISIT, actor=person
        ).id


def wait_until(condition, what: str, limit_s: float = SOON_S) -> None:
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, f"not {what} after {limit_s:.0f} s"
        time.sleep(0.05)


def is_ready(runtime: Runtime, summary_id: str) -> bool:
    with runtime.transaction() as session:
        return progress.find_summary(session, summary_id).status is SummaryStatus.IN_REVIEW


def under_way(runtime: Runtime, person: str) -> int:
    with runtime.transaction() as session:
        begun = select(func.count()).select_from(BegunTask)
        mine = begun.join(Summary, Summary.id == BegunTask.summary_id)
        return session.scalar(mine.where(Summary.requested_by == person)) or 0


def passed_over(runtime: Runtime) -> int:
    with runtime.transaction() as session:
        waiting = select(func.count()).where(Job.passed_over_at.is_not(None))
        return session.scalar(waiting) or 0


def is_served(runtime: Runtime, limit_s: float = SOON_S) -> None:
    """Somebody who asks for one draft has it within that time."""
    mine = ask(runtime, "b", FIRST)
    wait_until(lambda: is_ready(runtime, mine), "ready", limit_s)


def test_a_burst_that_hangs_keeps_nobody_else_waiting_nor_after_a_worker_was_killed(parts, runtime):
    is_served(runtime, 90)  # models are loaded, and somebody else is about
    for n in range(BURST):
        ask(runtime, "a", OTHERS[n % len(OTHERS)])
    wait_until(lambda: passed_over(runtime) > 0, "anybody passed over", 60)
    time.sleep(3)  # a second one would be at its draft by now
    assert under_way(runtime, "a") == 1
    is_served(runtime)
    worker = psutil.Process(parts.pids()["worker"])
    for each in [worker, *worker.children(recursive=True)]:
        each.kill()
    is_served(runtime, 2 * SOON_S)  # a worker is started, and takes up what was left
    wait_until(lambda: passed_over(runtime) > 0, "anybody passed over")
