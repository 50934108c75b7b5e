"""A sandbox EHR in process, on an empty store."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from fhir_fixtures.sandbox.app import create_app
from fhir_fixtures.sandbox.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "ehr")
    yield store
    store.close()


@pytest.fixture
def ehr(store: Store) -> Iterator[TestClient]:
    with TestClient(create_app(store), base_url="http://ehr.test") as client:
        yield client
