"""What doctor says of an endpoint, over real HTTP: what it can do, or what to look at."""

import re

import pytest

from fhir_fixtures.scripted_model import app
from service.database import transaction
from service.drafting.model.probe import look, probe
from service.drafting.writers import build_writer
from service.errors import Unavailable
from service.settings import Settings
from tests.service.drafting.endpoint_fixtures import endpoint, scripted

__all__ = ["endpoint", "scripted"]

YES, NO = r"yes \(\d+\.\d s\)", r"no: the endpoint refused the question \(400\)"


def said_of(url, kind="", *, timeout_s=10.0):
    """The sentence on `scripted:KIND`, whether good or bad."""
    name = f"openai:scripted:{kind}" if kind else "openai:scripted"
    settings = Settings(model=name, model_base_url=url, model_timeout_s=timeout_s)
    try:
        return probe(build_writer(settings).endpoint)
    except Unavailable as error:
        return error.sentence


@pytest.mark.parametrize(
    ("kind", "schema", "tools"),
    [("", YES, YES), ("no-tools", YES, NO), ("no-json-mode", NO, NO), ("prose", YES, YES)],
)
def test_it_says_in_which_ways_it_can_be_asked_and_how_fast(endpoint, kind, schema, tools):
    said = said_of(endpoint, kind)
    assert said.startswith(f"openai:scripted{':' if kind else ''}{kind} at {endpoint}: ")
    listed = rf"JSON schema {schema}, tools {tools}, plain words {YES}"
    assert re.search(f"{listed}$", said), said


def test_doctor_and_drafts_ask_in_the_same_way_and_doctor_says_how_fast(endpoint, sessions):
    settings = Settings(model="openai:scripted:broken-schema", model_base_url=endpoint)
    writer = build_writer(settings, lambda: transaction(sessions))
    said = look(writer)
    assert f"JSON schema no: it answered 500, tools {YES[:3]}" in said
    assert "; drafts ask by tools; reads " in said and "4 calls at a time, 60 s of silence" in said
    drafting = build_writer(settings, lambda: transaction(sessions))
    drafting.recall_endpoint()
    assert drafting.endpoint.way.name == "tools"
    assert drafting.endpoint.pace == writer.endpoint.pace


def test_a_slow_one_works_and_the_seconds_say_so(endpoint, monkeypatch):
    monkeypatch.setattr(app, "SLOW_S", 0.15)
    seconds = re.findall(r"\((\d+\.\d) s\)", said_of(endpoint, "slow"))
    assert len(seconds) == 3 and all(float(each) >= 0.1 for each in seconds)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (
            "locked",
            "it answered 401: it does not take the key in COUNTERSIGN_MODEL_API_KEY. "
            "Correct that setting",
        ),
        (
            "no-such",
            "it answered 404: there is no such model or address; look at the name in "
            "COUNTERSIGN_MODEL and",
        ),
        (
            "hang",
            "it did not answer in time. It may still be loading the model; if it is that "
            "slow, raise COUNTERSIGN_MODEL_TIMEOUT_S.",
        ),
        (
            "malformed",
            "gave no usable answer (no: it does not answer in that form). Drafts would "
            "be taken from the chart",
        ),
        ("failing", "gave no usable answer (no: it answered 500)."),
    ],
)
def test_what_does_not_work_is_told_with_what_to_look_at(endpoint, kind, words):
    assert words in said_of(endpoint, kind, timeout_s=0.5)


def test_one_that_is_not_there_is_told_at_once(endpoint):
    said = said_of("http://127.0.0.1:9/v1", "hang")
    assert "it cannot be reached. Is it started, and is COUNTERSIGN_MODEL_BASE_URL" in said
