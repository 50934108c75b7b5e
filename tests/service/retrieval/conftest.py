"""The real embedder, built once for a run, and the index on the run's Chroma server."""

from collections.abc import Iterator

import pytest

from service.retrieval.index import PassageIndex
from service.retrieval.minilm import MiniLM
from service.retrieval.place import place_of


@pytest.fixture(scope="session")
def minilm(tmp_path_factory) -> MiniLM:
    return MiniLM(tmp_path_factory.mktemp("models"))


@pytest.fixture
def index(settings, minilm) -> Iterator[PassageIndex]:
    index = PassageIndex(place_of(settings), minilm)
    yield index
    index.close()
