"""Any langchain embedding can take MiniLM's place; one that cannot be made is refused by name."""

import numpy as np
import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding

from service.errors import Unavailable, WrongSetting
from service.retrieval.embedding import (
    LangchainEmbedder,
    build_embedder,
    dimensions_of,
    former_embedders,
    name_of,
    space_of,
)
from service.retrieval.minilm import MiniLM
from service.settings import Settings
from tests.service.retrieval.embedders import Strict


def test_a_langchain_embedding_gives_unit_rows_of_its_own_length():
    embedder = LangchainEmbedder("fake:one", DeterministicFakeEmbedding(size=50))
    rows = embedder.embed(["low mood", "poor sleep"])
    assert rows.shape == (2, 50) and rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    assert embedder.embed([]).shape == (0, 50)
    space = space_of(embedder)
    assert (name_of(space), dimensions_of(space)) == ("fake:one", 50)


def test_an_endpoint_that_is_away_leaves_the_work_owed_and_tells_no_text(tmp_path):
    settings = Settings(
        data_dir=tmp_path, embedding="openai:none", embedding_base_url="http://127.0.0.1:9/v1"
    )
    embedder = build_embedder(settings)
    with pytest.raises(Unavailable) as refused:
        embedder.embed(["canary"])
    assert refused.value.can_retry
    assert "canary" not in str(refused.value)


def test_a_long_table_is_sent_as_far_as_an_endpoint_takes_it():
    embedder = LangchainEmbedder("fake:strict", Strict(size=8))
    assert embedder.embed(["Na 140 | K 4.1\n" * 400, "low mood"]).shape == (2, 8)


@pytest.mark.parametrize("named", ["nobody:model", "justaname"])
def test_an_embedding_that_cannot_be_made_is_refused_by_name(tmp_path, named):
    settings = Settings(data_dir=tmp_path, embedding=named)
    with pytest.raises(WrongSetting, match="COUNTERSIGN_EMBEDDING"):
        build_embedder(settings)
    assert former_embedders(settings)(named) is None


def test_minilm_is_the_default_and_can_always_be_made_again(tmp_path):
    settings = Settings(data_dir=tmp_path)
    assert isinstance(build_embedder(settings), MiniLM)
    assert isinstance(former_embedders(settings)(MiniLM.name), MiniLM)


def test_the_same_name_at_another_address_is_another_embedding(tmp_path):
    one, same, other = (
        Settings(data_dir=tmp_path, embedding="openai:some", embedding_base_url=url)
        for url in ("http://127.0.0.1:9/v1", "http://127.0.0.1:9/v1/", "http://127.0.0.1:8/v1")
    )
    name = build_embedder(one).name
    assert name == build_embedder(same).name != build_embedder(other).name
    assert former_embedders(same)(name).name == name
    assert former_embedders(other)(name) is None
    assert former_embedders(Settings(data_dir=tmp_path))(name) is None
    assert "127.0.0.1" not in name
