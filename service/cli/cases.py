"""One case of `countersign check`: what it must have, its answer, and whether that is good."""

from typing import Any

import orjson

from service.errors import BadInput
from service.summary.vocabulary import Severity, Support
from service.verification.check import check_text

WRONG = (Support.CONTRADICTED, Support.NOT_FOUND)


def answer_of(case: Any) -> dict[str, Any]:
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
        sources, case["summary"], chart=chart, summary_type=kind, case_id=case.get("id")
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
