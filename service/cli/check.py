"""`countersign check`: any summary against any sources; no server, no model."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
import orjson

from service.cli.common import as_json, show
from service.errors import BadInput
from service.summary.vocabulary import SummaryType, Support
from service.verification.check import check_text

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
WRONG = (Support.CONTRADICTED, Support.NOT_FOUND)


@click.command()
@click.option("--source", "sources", multiple=True, type=EXISTING, help="A text to check against.")
@click.option("--summary", type=EXISTING, help="The text to check.")
@click.option("--chart", type=EXISTING, help="A Bundle to check against and for omissions.")
@click.option("--type", "summary_type", type=click.Choice([t.value for t in SummaryType]))
@click.option("--batch", type=EXISTING, help="Cases as JSON lines; one answer a line, in order.")
@as_json
def check(
    sources: tuple[Path, ...], summary: Path | None, chart: Path | None,
    summary_type: str | None, batch: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Say of each statement whether the sources bear it, and what is left out."""
    if batch:
        return _check_batch(batch)
    if not summary or not (sources or chart):
        raise click.UsageError("Give --summary with --source or --chart, or --batch.")
    case = {
        "id": summary.name,
        "sources": [{"id": path.name, "text": _text(path)} for path in sources],
        "summary": _text(summary),
        "chart": _json(chart.read_bytes(), chart.name) if chart else None,
        "type": summary_type,
    }
    answer = _answer(case)
    show(answer, as_json=as_json, lines=list(_lines(answer)))
    return int(_has_problems(answer))


def _check_batch(path: Path) -> int:
    found = False
    with path.open("rb") as cases:
        for number, line in enumerate(cases, start=1):
            if line.strip():
                answer = _numbered(number, line)
                found = found or _has_problems(answer)
                click.echo(orjson.dumps(answer))
    return int(found)


def _numbered(number: int, line: bytes) -> dict[str, Any]:
    try:
        return _answer(_json(line, "it"))
    except BadInput as error:
        raise BadInput(f"Line {number}: {error}") from None


def _answer(case: dict[str, Any]) -> dict[str, Any]:
    if not (isinstance(case, dict) and isinstance(case.get("summary"), str)
            and ("sources" in case or case.get("chart"))):  # fmt: skip
        raise BadInput('a case needs "summary" (text), and "sources" or "chart".')
    sources, chart = case.get("sources") or [], case.get("chart")
    if not isinstance(sources, list) or not isinstance(chart, dict | None):
        raise BadInput('"sources" is a list of {"id", "text"}, "chart" a FHIR Bundle.')
    return check_text(
        sources, case["summary"], chart=chart,
        summary_type=case.get("type"), case_id=case.get("id"),
    )  # fmt: skip


def _has_problems(answer: dict[str, Any]) -> bool:
    wrong = any(s["support"] in WRONG for s in answer["statements"])
    return wrong or any(o["severity"] == "major" for o in answer["omissions"])


def _lines(answer: dict[str, Any]) -> Iterable[str]:
    for statement in answer["statements"]:
        yield f"{statement['support']:14} {statement['score']:.2f}  {statement['text']}"
        for reason in statement["reasons"]:
            yield f"{'':20} says {reason['said']}, source says {reason['source']}"
    for omission in answer["omissions"]:
        yield f"left out ({omission['severity']}): {omission['kind']}, {omission['fact']}"
    yield f"completeness {answer['completeness']:.2f}"


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise BadInput(f"{path.name} is not UTF-8 text. Save it as UTF-8 and try again.") from None


def _json(raw: bytes, name: str) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise BadInput(f"{name} is not JSON.") from None
