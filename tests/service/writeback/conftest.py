"""A sandbox EHR at the end of a wire, and summaries that a clinician has signed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from fhir_fixtures.sandbox.app import create_app
from fhir_fixtures.sandbox.store import Store
from service.database import transaction
from service.fhir.client import FhirClient
from service.fhir.profile import SiteProfile
from service.summary import progress
from tests.service.writeback.builders import a_signed_summary
from tests.service.writeback.ehr import SEEDS, Wire, seed

NO_LAG = SiteProfile.model_validate({"writing": {"index_lag_s": 0}})
SLOW_INDEX = SiteProfile.model_validate({"writing": {"index_lag_s": 3600}})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "ehr")
    seed(store, SEEDS)
    yield store
    store.close()


@pytest.fixture
def wire(store: Store) -> Iterator[Wire]:
    with TestClient(create_app(store), base_url="http://ehr.test") as ehr:
        yield Wire(ehr)


@pytest.fixture
def client(wire: Wire) -> Iterator[FhirClient]:
    client = FhirClient("http://ehr.test", transport=wire, sleep=lambda _: None, profile=NO_LAG)
    yield client
    client.close()


@pytest.fixture
def signed(sessions):
    """The id of a signed summary."""
    with transaction(sessions) as session:
        return a_signed_summary(session).id


@pytest.fixture
def run(sessions, client):
    """Run a verb in its own transaction, as a worker does; answers the summary afterwards."""

    def act(verb, summary_id, **options):
        with transaction(sessions) as session:
            verb(session, summary_id, client=client, **options)
        with sessions() as session:
            return progress.find_summary(session, summary_id)

    return act
