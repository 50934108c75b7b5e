"""`python -m tests.benchmarks.staleness`: what becomes of a chart between draft and signature.

30 planted changes, by the EHR and by a Bundle that is held here already, and 30 quiet ones
(nothing, saved again unchanged, more of the same). *Told*: it stands on the desk. *Blocked*: the
signature is refused until somebody decides about it; of a quiet one that is a false block. Each
case has a patient of its own in a sandbox EHR; the time is of the asking, wall time of one case on
a shared machine. Exit 1 when one is missed or blocked falsely.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.testclient import TestClient

from fhir_fixtures.sandbox.app import create_app
from fhir_fixtures.sandbox.store import Store
from service import migrations
from service.bootstrap import Runtime, configure_logging
from service.embedded import running_parts
from service.errors import Blocked
from service.fhir.client import FhirClient
from service.review import actions, freshness
from service.settings import Settings
from service.summary.people import DEMO_PEOPLE
from service.summary.progress import find_summary
from tests.service.review.stale_charts import CASES, Case, a_chart, a_draft, arrive
from tests.service.writeback.ehr import Wire, seed

CLINICIAN = DEMO_PEOPLE["clinician"]


def main() -> int:
    configure_logging(Settings(log_level="error"))
    wrong, seconds = [], []
    counts = {True: [0, 0, 0], False: [0, 0, 0]}
    with tempfile.TemporaryDirectory() as folder, parts(Path(folder)) as (runtime, store, client):
        for number, case in enumerate(CASES):
            told, blocked, took_s = one(runtime, store, client, case, f"p{number}")
            seconds.append(took_s)
            counts[case.blocks] = [
                a + b for a, b in zip(counts[case.blocks], (1, told, blocked), strict=True)
            ]
            if blocked is not case.blocks or (case.blocks and not told):
                wrong.append(f"- {case.name}, by {case.way}: told {told}, blocked {blocked}")
    print("| changes | cases | told | blocked |\n|---|---|---|---|")
    print(f"| planted | {' | '.join(map(str, counts[True]))} |")
    print(f"| quiet | {' | '.join(map(str, counts[False]))} |")
    print(
        f"\nAsking took {statistics.median(seconds):.2f} s (median), {max(seconds):.2f} s at most."
    )
    print("\n".join(wrong))
    return 1 if wrong else 0


@contextmanager
def parts(folder: Path) -> Iterator[tuple[Runtime, Store, FhirClient]]:
    with running_parts(Settings(data_dir=folder)) as started:
        runtime = Runtime(started.settings)
        migrations.upgrade(runtime.engine)
        store = Store(folder / "ehr")
        with TestClient(create_app(store), base_url="http://ehr.test") as ehr:
            client = FhirClient("http://ehr.test", transport=Wire(ehr))
            yield runtime, store, client
        store.close()
        runtime.close()


def one(
    runtime: Runtime, store: Store, client: FhirClient, case: Case, who: str
) -> tuple[bool, bool, float]:
    """Was it told, was the signature refused, and how many seconds the asking took."""
    seed(store, {f"{r['resourceType']}/{r['id']}": r for r in a_chart(who).values()})
    with runtime.transaction() as session:
        summary_id = a_draft(session, client, who).id
    with runtime.transaction() as session:
        arrive(session, store, case, who)
    begin = time.perf_counter()
    freshness.ask_again(runtime.transaction, summary_id, client=client, within_s=30)
    took_s = time.perf_counter() - begin
    with runtime.transaction() as session:
        fresh = freshness.look(session, find_summary(session, summary_id), CLINICIAN)
        told = bool(fresh and fresh.changes and not fresh.unanswered)
    return told, is_blocked(runtime, summary_id), took_s


def is_blocked(runtime: Runtime, summary_id: str) -> bool:
    try:
        with runtime.transaction() as session:
            digest = find_summary(session, summary_id).current.digest
            actions.sign(session, summary_id, digest, by=CLINICIAN)
    except Blocked:
        return True
    return False


if __name__ == "__main__":
    sys.exit(main())
