"""Drafts by a model through a real worker: stopped by a person, killed, and never asked twice."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from fhir_fixtures.stories import story
from service.bootstrap import Runtime
from service.cli.demo import bundles
from service.embedded import Parts
from service.review.cancelling import cancel_summary
from service.summary import progress
from service.summary.models import Summary
from service.summary.people import DEMO_PEOPLE
from service.summary.vocabulary import SummaryStatus, SummaryType
from tests.workers.conftest import all_parts

pytestmark = pytest.mark.processes

CLINICIAN = DEMO_PEOPLE["clinician"]
STORY = "depression_two_trials"
PATIENT = story(STORY).patient_ref
LIMIT_S = 120


@pytest.fixture(scope="module")
def parts(new_data_dir: Callable[[str], Path]) -> Iterator[Parts]:
    """A whole service of its own whose drafts are asked of the scripted model."""
    at = new_data_dir("model")
    with all_parts(
        data_dir=at, worker_processes=1, model_at_once=2, model_draft_timeout_s=LIMIT_S
    ) as parts:
        story_alone = [p for p in bundles() if STORY in str(p) or p.stem == "people"]
        parts.add_sandbox_ehr(story_alone)
        parts.add_scripted_model("slow")
        parts.add_worker()
        yield parts


@pytest.fixture
def runtime(parts: Parts) -> Iterator[Runtime]:
    runtime = Runtime(parts.settings)
    yield runtime
    runtime.close()


def requested(runtime: Runtime) -> str:
    with runtime.transaction() as session:
        summary = progress.request_summary(
            session, PATIENT, SummaryType.PRE_VISIT, actor=CLINICIAN.id
        )
        return summary.id


def held(runtime: Runtime, summary_id: str) -> Summary:
    with runtime.transaction() as session:
        summary = progress.find_summary(session, summary_id)
        _ = summary.current
        return summary


def wait_until(condition, what: str) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < deadline, f"not {what} after {LIMIT_S} s"
        time.sleep(0.02)


def sections_written(runtime: Runtime, summary_id: str) -> int:
    step = runtime.under_way.progress(summary_id)
    return step.done if step and step.stage == "writing" else 0


def asked(parts: Parts) -> Counter[str]:
    """Which questions the endpoint was asked, by their digests, and how often."""
    url = str(parts.settings.model_base_url).removesuffix("/v1")
    answer = httpx.get(f"{url}/_scripted/asked").json()
    return Counter(each["digest"] for each in answer)


def test_a_person_stops_a_draft_that_a_worker_is_writing(parts, runtime):
    summary_id = requested(runtime)
    wait_until(lambda: sections_written(runtime, summary_id), "a section written")
    with runtime.transaction() as session:
        began = time.monotonic()
        cancelled = cancel_summary(session, summary_id, by=CLINICIAN, under_way=runtime.under_way)
        seconds = time.monotonic() - began
    assert cancelled.status is SummaryStatus.FAILED
    assert cancelled.status_reason.startswith("Cancelled by Dr Ines Lindqvist")
    assert seconds < 1.5, "the second that a draft has, and what a busy machine adds"
    assert held(runtime, summary_id).current is None


def test_a_worker_killed_in_the_middle_asks_for_no_finished_section_again(parts, runtime):
    summary_id = requested(runtime)
    wait_until(lambda: sections_written(runtime, summary_id) >= 3, "three sections written")
    worker = psutil.Process(parts.pids()["worker"])
    for each in [worker, *worker.children(recursive=True)]:
        os.kill(each.pid, signal.SIGKILL)
    wait_until(
        lambda: held(runtime, summary_id).status is SummaryStatus.IN_REVIEW, "ready for review"
    )
    again = [question for question, number in asked(parts).items() if number > 1]
    # Those under way, and answers that had just come and were not yet kept.
    assert len(again) <= 2 * parts.settings.model_at_once
    made = held(runtime, summary_id).current.writer
    assert made["remembered"] >= 3 and made["model"] == "openai:scripted:slow"
