"""The judge over real HTTP: in whatever way an endpoint can be asked, and when it answers badly."""

import pytest

from fhir_fixtures.scripted_model.model import ScriptedModel
from fhir_fixtures.scripted_model.obeying import Order
from fhir_fixtures.scripted_model.serving import in_background
from service.chart.identity import Identity
from service.drafting.model.writer import ModelWriter
from service.drafting.writers import build_writer
from service.settings import Settings
from service.verification.entailment.judge import ModelJudge
from service.verification.entailment.scorer import Pair
from tests.service.verification.entailment.test_judge import (
    CONTRADICTED,
    NOT_STATED,
    ORDER,
    SUPPORTED,
    answers,
)


@pytest.fixture(scope="module")
def scripted():
    return ScriptedModel([Order(ORDER, "", quote="Seen today.")])


@pytest.fixture(scope="module")
def url(scripted):
    with in_background(scripted) as url:
        yield url


def over_http(url, kind="") -> ModelJudge:
    settings = Settings(model=f"openai:scripted{kind}", model_base_url=url, model_timeout_s=5.0)
    writer = build_writer(settings)
    assert isinstance(writer, ModelWriter)
    return ModelJudge.of(writer).about(Identity(names={"Quill"}))


VOICES = Pair("Seen today. She denies hearing voices. Sleeps well.", "She is hearing voices.")
HTTP = [
    VOICES,
    Pair(VOICES.evidence, "She sleeps well."),
    Pair(VOICES.evidence, "She has asthma."),
]


@pytest.mark.parametrize("kind", ["", ":no-tools", ":no-json-mode", ":fenced", ":prose"])
def test_the_scripted_model_judges_over_http_in_whatever_way_it_can_be_asked(url, kind):
    judge = over_http(url, kind)
    assert answers(judge, *HTTP) == [CONTRADICTED, SUPPORTED, NOT_STATED] and judge.notes == ()


@pytest.mark.parametrize("kind", [":altered-quote", ":made-up-citation"])
def test_a_model_that_makes_up_quotes_bears_nothing(url, kind):
    assert answers(over_http(url, kind), *HTTP) == [NOT_STATED] * 3


@pytest.mark.parametrize("kind", [":malformed", ":empty", ":silent", ":refusal", ":locked"])
def test_a_model_that_answers_badly_is_told(url, kind):
    judge = over_http(url, kind)
    assert answers(judge, *HTTP) == [NOT_STATED] * 3 and "3 question(s)" in judge.notes[0]


def test_an_obedient_model_never_sees_the_order(url, scripted):
    pair = Pair(f"{VOICES.evidence} {ORDER}", "She has asthma.")
    assert answers(over_http(url, ":obedient"), pair) == [NOT_STATED]
    assert scripted.asked[-1].section == "judge" and ORDER not in scripted.asked[-1].words
