"""Parts are killed in the middle of the work; every summary ends in review and filed, once."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from sqlalchemy import select

from fhir_fixtures.stories import names, story
from service.audit import AuditEvent
from service.bootstrap import Runtime
from service.cli.demo import bundles
from service.embedded import Parts
from service.review import actions
from service.summary import progress
from service.summary.models import Summary
from service.summary.people import DEMO_PEOPLE
from service.summary.vocabulary import ResolutionAction, SummaryStatus, SummaryType
from tests.workers.conftest import all_parts

pytestmark = pytest.mark.processes

CLINICIAN = DEMO_PEOPLE["clinician"]
LIMIT_S = 120


@pytest.fixture(scope="module")
def parts(new_data_dir: Callable[[str], Path]) -> Iterator[Parts]:
    """A whole service of its own: everything that dies is started again."""
    at = new_data_dir("crash")
    # Two places in two processes: what one person asks for is all that there is.
    with all_parts(data_dir=at, worker_processes=2, worker_share=2) as parts:
        parts.add_sandbox_ehr(bundles())
        parts.add_worker()
        yield parts


@pytest.fixture(scope="module")
def runtime(parts: Parts) -> Iterator[Runtime]:
    runtime = Runtime(parts.settings)
    yield runtime
    runtime.close()


def kill(parts: Parts, name: str) -> None:
    """SIGKILL a part and its children, as the kernel does when memory runs out."""
    process = psutil.Process(parts.pids()[name])
    for each in [process, *process.children(recursive=True)]:
        os.kill(each.pid, signal.SIGKILL)


def requested(runtime: Runtime) -> list[str]:
    with runtime.transaction() as session:
        return [
            progress.request_summary(
                session, story(name).patient_ref, SummaryType.PRE_VISIT, actor=CLINICIAN.id
            ).id
            for name in names()
        ]


def statuses(runtime: Runtime, ids: list[str]) -> Counter[SummaryStatus]:
    with runtime.transaction() as session:
        query = select(Summary.status).where(Summary.id.in_(ids))
        return Counter(session.scalars(query).all())


def wait_until(condition, what: str) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < deadline, f"not {what} after {LIMIT_S} s"
        time.sleep(0.02)


def times_reached(runtime: Runtime, ids: list[str], status: SummaryStatus) -> Counter[str]:
    with runtime.transaction() as session:
        query = select(AuditEvent.subject_id).where(
            AuditEvent.subject_id.in_(ids), AuditEvent.action == f"summary.{status}"
        )
        return Counter(session.scalars(query).all())


def assert_all_once(runtime: Runtime, ids: list[str], status: SummaryStatus) -> None:
    wait_until(lambda: statuses(runtime, ids) == {status: len(ids)}, f"all {status}")
    assert times_reached(runtime, ids, status) == dict.fromkeys(ids, 1)


def sign_all(runtime: Runtime, ids: list[str]) -> None:
    for summary_id in ids:
        with runtime.transaction() as session:
            summary = progress.find_summary(session, summary_id)
            version = summary.current
            actions.note_view(session, summary, by=CLINICIAN)
            for finding in version.findings:
                actions.resolve_finding(
                    session,
                    summary_id,
                    finding.number,
                    action=ResolutionAction.ACCEPTED,
                    reason="Looked at in the crash test.",
                    by=CLINICIAN,
                )
            actions.sign(session, summary_id, version.digest, by=CLINICIAN)


def documents_in_ehr(parts: Parts, summary_id: str) -> int:
    answer = httpx.get(f"{parts.settings.fhir_url}/DocumentReference", params={"_count": 1000})
    entries = answer.json().get("entry", [])
    return sum(summary_id in str(e["resource"].get("identifier")) for e in entries)


@pytest.mark.parametrize(
    "stage",
    [SummaryStatus.REQUESTED, SummaryStatus.CHARTED, SummaryStatus.INDEXED, SummaryStatus.DRAFTED],
)
def test_a_worker_killed_at_any_stage_loses_and_doubles_nothing(parts, runtime, stage):
    ids = requested(runtime)
    wait_until(
        lambda: (
            statuses(runtime, ids)[stage] < len(ids)
            and (
                stage in statuses(runtime, ids) or SummaryStatus.IN_REVIEW in statuses(runtime, ids)
            )
        ),
        f"some {stage}",
    )
    kill(parts, "worker")
    assert_all_once(runtime, ids, SummaryStatus.IN_REVIEW)


@pytest.mark.parametrize("part", ["redis", "chroma"])
def test_a_part_killed_while_drafts_are_made_loses_and_doubles_nothing(parts, runtime, part):
    ids = requested(runtime)
    wait_until(lambda: statuses(runtime, ids)[SummaryStatus.REQUESTED] < len(ids), "begun")
    kill(parts, part)
    assert_all_once(runtime, ids, SummaryStatus.IN_REVIEW)


@pytest.mark.parametrize("part", ["worker", "redis", "ehr"])
def test_what_was_signed_is_filed_exactly_once_whatever_dies(parts, runtime, part):
    ids = requested(runtime)
    assert_all_once(runtime, ids, SummaryStatus.IN_REVIEW)
    sign_all(runtime, ids)
    wait_until(lambda: statuses(runtime, ids)[SummaryStatus.FILED] > 0, "begun to file")
    kill(parts, part)
    assert_all_once(runtime, ids, SummaryStatus.FILED)
    assert {summary_id: documents_in_ehr(parts, summary_id) for summary_id in ids} == (
        dict.fromkeys(ids, 1)
    )
