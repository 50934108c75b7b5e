"""Which scorer is in force, what doctor says of it, and that none is loaded before its use."""

import json

import numpy as np
import pytest
from langchain_core.runnables import RunnableLambda

from service.bootstrap import Runtime
from service.drafting.extractive import ExtractiveWriter
from service.drafting.model.endpoint import one_way
from service.drafting.model.limits import Limits
from service.drafting.model.writer import ModelWriter
from service.errors import Unavailable, WrongSetting
from service.settings import Settings, load_settings
from service.verification.entailment import SMALL, choice
from service.verification.entailment.choice import about, notes, scorer_of
from service.verification.entailment.judge import ModelJudge
from service.verification.entailment.onnx import OnnxScorer
from service.verification.entailment.scorer import Pair
from service.verification.entailment.trial import KNOWN, WARMING, tried
from tests.service.verification.entailment.classifiers import a_classifier
from tests.service.verification.entailment.test_judge import Script, said


def no_writer():
    raise AssertionError("nobody asks for the model")


def chosen(entailment):
    return scorer_of(Settings(entailment=entailment), no_writer)


class Answering:
    """A scorer that answers these columns, one a known pair."""

    name = "made-up"

    def __init__(self, *columns):
        self.columns = dict(zip(KNOWN, columns, strict=True)) | {WARMING: 0}

    def score(self, pairs):
        return np.eye(3, dtype=np.float32)[[self.columns[pair] for pair in pairs]]


def test_none_is_none_and_no_setting_is_the_shipped_one_where_it_is_shipped(monkeypatch, tmp_path):
    assert chosen("none") is None
    monkeypatch.setattr(choice, "SMALL", a_classifier(tmp_path / "small"))
    for setting in (None, "small"):
        assert chosen(setting).name == "onnx:small"
    monkeypatch.setattr(choice, "SMALL", tmp_path / "nowhere")
    assert chosen(None) is None
    with pytest.raises(WrongSetting, match=r"no model\.onnx"):
        chosen("small")


def test_a_folder_of_a_site_needs_all_three_files(tmp_path):
    folder = a_classifier(tmp_path / "own")
    assert chosen(f"onnx:{folder}").score([Pair("word", "clashes")]).argmax() == 1
    (folder / "tokenizer.json").unlink()
    with pytest.raises(WrongSetting, match=r"COUNTERSIGN_ENTAILMENT: there is no tokenizer\.json"):
        chosen(f"onnx:{folder}")
    with pytest.raises(WrongSetting, match=r"no model\.onnx in .*nowhere"):
        chosen(f"onnx:{tmp_path / 'nowhere'}")


def test_the_judge_needs_a_model():
    with pytest.raises(WrongSetting, match="asks the model of COUNTERSIGN_MODEL, which is not set"):
        scorer_of(Settings(entailment="model", demo=True), ExtractiveWriter)
    writer = ModelWriter(one_way("named", RunnableLambda(lambda _: None)))
    scorer = scorer_of(Settings(entailment="model", model="openai:named"), lambda: writer)
    assert isinstance(scorer, ModelJudge) and scorer.name == "named"


@pytest.mark.parametrize("wrong", ["large", "onnx:", "onnx", "Model", ""])
def test_a_setting_that_is_none_of_the_four_is_refused_at_start(monkeypatch, wrong):
    monkeypatch.setenv("COUNTERSIGN_ENTAILMENT", wrong)
    with pytest.raises(WrongSetting, match="COUNTERSIGN_ENTAILMENT"):
        load_settings()


def test_the_judge_without_a_model_is_refused_at_start(monkeypatch):
    monkeypatch.setenv("COUNTERSIGN_ENTAILMENT", "model")
    with pytest.raises(WrongSetting, match="ENTAILMENT: model needs a chat model in COUNTERSIGN_M"):
        load_settings()
    assert load_settings(demo=True).entailment == "model"  # it may start a model of its own
    monkeypatch.setenv("COUNTERSIGN_MODEL", "openai:named")
    assert load_settings().entailment == "model"


def test_the_runtime_makes_one_scorer_and_loads_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr(OnnxScorer, "_load", no_writer)
    runtime = Runtime(Settings(entailment=f"onnx:{a_classifier(tmp_path)}"))
    assert runtime.scorer is runtime.scorer is not None
    assert "writer" not in vars(runtime)


def test_only_a_model_has_to_be_told_of_the_patient(tmp_path):
    scorer = OnnxScorer(a_classifier(tmp_path))
    assert about(scorer, None) is scorer and about(None, None) is None
    assert notes(scorer) == notes(None) == ()


def test_doctor_tells_the_answers_and_the_speed():
    told = tried(Answering(0, 1, 2))
    assert told.startswith("made-up: borne 1.00, contradicted 1.00, not said 1.00; ")
    assert told.endswith(" pairs a second")


def test_doctor_warns_of_one_wrong_answer_and_refuses_more():
    assert told_wrong(tried(Answering(0, 1, 1))) == "as contradicted, which is wrong"
    with pytest.raises(Unavailable, match=r"Do the labels in its config\.json stand in the order"):
        tried(Answering(1, 0, 2))


def told_wrong(told: str) -> str:
    assert KNOWN[2].statement in told and KNOWN[0].statement not in told
    return told.rpartition('" ')[2]


def test_doctor_says_why_a_judge_does_not_answer():
    script = Script("no JSON at all")
    ask = RunnableLambda(lambda _: None, afunc=script.__call__)
    judge = ModelJudge.of(ModelWriter(one_way("named", ask)))
    with pytest.raises(Unavailable, match="named did not answer 4 question"):
        tried(judge)
    right = Script(
        said("not stated"),
        said("supported", "uses an inhaler"),
        said("contradicted", "denies hearing voices"),
        said("not stated"),
    )
    ask = RunnableLambda(lambda _: None, afunc=right.__call__)
    writer = ModelWriter(one_way("named", ask), Limits(at_once=1))
    assert "borne 0.95, contradicted 0.95, not said 0.95" in tried(ModelJudge.of(writer))


@pytest.mark.skipif(not (SMALL / "model.onnx").is_file(), reason="no scorer is shipped")
def test_the_shipped_scorer_is_no_worse_than_one_wrong_of_the_known_pairs():
    assert "pairs a second" in tried(OnnxScorer(SMALL))
    assert json.loads((SMALL / "config.json").read_text())["id2label"]["0"] == "entailment"
