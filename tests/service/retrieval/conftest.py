"""The index on the run's Chroma server."""

from collections.abc import Iterator

import pytest

from service.retrieval.index import PassageIndex
from service.retrieval.place import place_of


@pytest.fixture
def index(settings, minilm) -> Iterator[PassageIndex]:
    index = PassageIndex(place_of(settings), minilm)
    yield index
    index.close()
