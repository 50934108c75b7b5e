"""The settings name the writer."""

import pytest

from service.drafting.extractive import ExtractiveWriter
from service.drafting.model.ledger import DatabaseLedger, NoLedger
from service.drafting.model.writer import ModelWriter
from service.drafting.writers import build_writer
from service.errors import WrongSetting
from service.settings import Settings

LOCAL = Settings(model="openai:local", model_base_url="http://key:secret@127.0.0.1:9/v1?key=s")


def test_without_a_model_every_sentence_is_taken_from_the_chart():
    assert isinstance(build_writer(Settings()), ExtractiveWriter)


def test_a_local_endpoint_needs_no_key_and_is_named_without_one():
    writer = build_writer(LOCAL)
    assert isinstance(writer, ModelWriter) and isinstance(writer.ledger, NoLedger)
    assert writer.name == "openai:local"
    assert writer.endpoint.address == "http://127.0.0.1:9/v1"


def test_an_openai_endpoint_is_asked_by_schema_first_then_by_tool_then_in_words():
    assert [way.name for way in build_writer(LOCAL).endpoint.ways] == ["schema", "tools", "plain"]


def test_the_limits_and_the_breaker_are_those_of_the_settings(sessions):
    settings = LOCAL.model_copy(update={"model_at_once": 2, "model_breaker_failures": 7})
    writer = build_writer(settings, sessions.begin)
    assert writer.limits.at_once == 2
    assert isinstance(writer.ledger, DatabaseLedger) and writer.ledger.failures == 7


def test_identifiers_are_masked_unless_that_is_turned_off():
    assert build_writer(LOCAL).masks
    assert not build_writer(LOCAL.model_copy(update={"model_phi": "allow"})).masks


def test_a_model_that_langchain_does_not_know_is_a_wrong_setting():
    with pytest.raises(WrongSetting, match="COUNTERSIGN_MODEL: nonsense:thing"):
        build_writer(Settings(model="nonsense:thing"))


def test_a_model_that_wants_a_key_is_a_wrong_setting_without_one(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(WrongSetting, match="COUNTERSIGN_MODEL_API_KEY"):
        build_writer(Settings(model="openai:thing"))


def test_an_address_that_is_none_is_a_wrong_setting():
    with pytest.raises(WrongSetting, match="COUNTERSIGN_MODEL_BASE_URL"):
        build_writer(Settings(model="openai:thing", model_base_url="http://model.test:99999/v1"))


def test_a_switch_of_no_known_form_is_a_wrong_setting():
    with pytest.raises(WrongSetting, match="COUNTERSIGN_MODEL_OFF"):
        build_writer(Settings(model_off=("handoff",)))
