"""One case of `countersign check`: what it must have, its answer, and whether that is good."""

import os
from typing import Any, NamedTuple

import orjson

from service.bootstrap import configure_logging
from service.drafting.writers import build_writer
from service.errors import BadInput
from service.retrieval.minilm import MiniLM
from service.settings import Settings
from service.summary.vocabulary import Severity, Support
from service.verification.bearing.closest import Embed
from service.verification.check import check_text
from service.verification.entailment.choice import scorer_of
from service.verification.entailment.scorer import Scorer

WRONG = (Support.CONTRADICTED, Support.NOT_FOUND)


class Meaning(NamedTuple):
    """What retellings are weighed with; () for none."""

    scorer: Scorer | None = None
    embed: Embed | None = None


COMPARED_ALONE = Meaning()


def meaning_of(settings: Settings) -> Meaning:
    """By COUNTERSIGN_ENTAILMENT; nothing is loaded before it is asked. Raises WrongSetting.

    The embedding network is built once and kept beside the other parts' files; where nothing can
    be written, sentences are found by their words alone.
    """
    configure_logging(settings)  # to stderr: answers alone stand on stdout
    scorer = scorer_of(settings, lambda: build_writer(settings))
    if scorer is None:
        return Meaning()
    folder = settings.data_dir.absolute()
    held = next(each for each in (folder, *folder.parents) if each.exists())
    is_writable = os.access(held, os.W_OK)
    return Meaning(scorer, MiniLM(folder / "models").embed if is_writable else None)


def answer_of(case: Any, meaning: Meaning = COMPARED_ALONE) -> dict[str, Any]:
    """The contract's answer. Raises BadInput for what is no case."""
    if not (
        isinstance(case, dict)
        and isinstance(case.get("summary"), str)
        and ("sources" in case or case.get("chart"))
    ):
        raise BadInput('A case needs "summary" (text), and "sources" or "chart".')
    sources, chart, kind = case.get("sources") or [], case.get("chart"), case.get("type")
    if not isinstance(sources, list) or not isinstance(chart, dict | None):
        raise BadInput('"sources" is a list of {"id", "text"}, "chart" a FHIR Bundle.')
    if not isinstance(kind, str | None):
        raise BadInput('"type" is the name of a summary type, such as "discharge".')
    return check_text(
        sources,
        case["summary"],
        chart=chart,
        summary_type=kind,
        case_id=case.get("id"),
        scorer=meaning.scorer,
        embed=meaning.embed,
    )


def has_problems(answer: dict[str, Any]) -> bool:
    """Would a signature wait for any of this?"""
    wrong = any(each["support"] in WRONG for each in answer["statements"])
    told = (*answer["omissions"], *answer["findings"])
    return wrong or any(each["severity"] == Severity.MAJOR for each in told)


def parsed(raw: bytes, name: str) -> Any:
    """The JSON value of these bytes. Raises BadInput."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise BadInput(
            f"{name} is not JSON, or is nested too deep. One UTF-8 JSON value is needed."
        ) from None
