"""The settings name the writer."""

import pytest

from service.drafting.extractive import ExtractiveWriter
from service.drafting.model import ModelWriter
from service.drafting.writers import build_writer
from service.errors import WrongSetting
from service.settings import Settings


def test_without_a_model_every_sentence_is_taken_from_the_chart():
    assert isinstance(build_writer(Settings()), ExtractiveWriter)


def test_a_local_endpoint_needs_no_key():
    settings = Settings(model="openai:local", model_base_url="http://127.0.0.1:9/v1")
    writer = build_writer(settings)
    assert isinstance(writer, ModelWriter)
    assert writer.name == "openai:local"
    assert writer.details == {"endpoint": "http://127.0.0.1:9/v1"}


def test_a_model_that_langchain_does_not_know_is_a_wrong_setting():
    with pytest.raises(WrongSetting, match="COUNTERSIGN_MODEL: nonsense:thing"):
        build_writer(Settings(model="nonsense:thing"))
