"""Which scorer the settings name, and the same for one patient's chart."""

from collections.abc import Callable, Iterable
from pathlib import Path

from service.chart.identity import Identity
from service.drafting.model.writer import ModelWriter
from service.drafting.request import Writer
from service.errors import WrongSetting
from service.settings import Settings
from service.verification.entailment import SMALL
from service.verification.entailment.judge import ModelJudge
from service.verification.entailment.onnx import OnnxScorer
from service.verification.entailment.scorer import Scorer

NEEDS_MODEL = (
    "COUNTERSIGN_ENTAILMENT=model asks the model of COUNTERSIGN_MODEL, which is not set. Set it, "
    "or choose small, none or onnx:FOLDER."
)


def scorer_of(settings: Settings, writer: Callable[[], Writer]) -> Scorer | None:
    """The scorer of COUNTERSIGN_ENTAILMENT; None for none. No model is loaded or asked here.

    `writer` is asked for only where its model judges. Raises WrongSetting for what cannot be used.
    """
    named = settings.entailment
    if named == "model":
        return _judge(writer())
    if named is not None and named.startswith("onnx:"):
        return _own(Path(named.removeprefix("onnx:")))
    is_shipped = (SMALL / "model.onnx").is_file()
    return OnnxScorer(SMALL) if named == "small" or (named is None and is_shipped) else None


def about(
    scorer: Scorer | None,
    who: Identity | None,
    texts: Iterable[str] = (),
    *,
    off: str | None = None,
) -> Scorer | None:
    """The scorer for one chart: only a model has to be told whom to hide, and where not to ask
    (ModelJudge.about)."""
    return scorer.about(who, texts, off=off) if isinstance(scorer, ModelJudge) else scorer


def local(scorer: Scorer | None) -> Scorer | None:
    """The scorer where no text leaves the machine and no one has to wait; else None."""
    return None if isinstance(scorer, ModelJudge) else scorer


def notes(scorer: Scorer | None) -> tuple[str, ...]:
    """What a person must know of the answers: how many were not given, and why."""
    return scorer.notes if isinstance(scorer, ModelJudge) else ()


def _judge(writer: Writer) -> ModelJudge:
    if not isinstance(writer, ModelWriter):
        raise WrongSetting(NEEDS_MODEL)
    return ModelJudge.of(writer)


def _own(folder: Path) -> OnnxScorer:
    for name in ("model.onnx", "config.json", "tokenizer.json"):
        if not (folder / name).is_file():
            raise WrongSetting(
                f"COUNTERSIGN_ENTAILMENT: there is no {name} in {folder}. Name a folder with "
                "model.onnx, config.json and tokenizer.json of a classifier of sentence pairs."
            )
    return OnnxScorer(folder)
