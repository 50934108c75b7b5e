"""`countersign check`: any summary against any sources; no server, no model, no network."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from service.cli.batch import check_batch
from service.cli.cases import answer_of, has_problems, meaning_of, parsed
from service.cli.common import as_json, show
from service.errors import BadInput
from service.settings import Settings
from service.summary.vocabulary import SummaryType

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
LARGEST_FILE = 256 * 2**20  # bytes; a chart Bundle of 100 MB fits, a disk image does not


@click.command(no_args_is_help=False)
@click.option(
    "--source",
    "sources",
    multiple=True,
    type=EXISTING,
    metavar="FILE",
    help="A text that the summary may rest on; give it once for each.",
)
@click.option("--summary", type=EXISTING, metavar="FILE", help="The text to check.")
@click.option(
    "--chart",
    type=EXISTING,
    metavar="BUNDLE",
    help="A FHIR Bundle of one patient: its records are sources too, and what it "
    "obliges a summary to carry is looked for. Restricted records and replaced notes "
    "are left aside, as the service does.",
)
@click.option(
    "--type",
    "summary_type",
    type=click.Choice([t.value for t in SummaryType]),
    help="What kind of summary it is; it decides what must be carried.  [default: pre-visit]",
)
@click.option(
    "--batch",
    metavar="CASES.jsonl",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    help="Check many: one case a line, one answer a line; - reads stdin.",
)
@as_json
def check(
    sources: tuple[Path, ...],
    summary: Path | None,
    chart: Path | None,
    summary_type: str | None,
    batch: str | None,
    as_json: bool,
) -> int:
    """Say of each statement of a summary whether the sources bear it, and what is left out.

    \b
      countersign check --source note.txt --source labs.txt --summary draft.txt
      countersign check --chart patient.json --type discharge --summary draft.txt --json
      countersign check --batch cases.jsonl > answers.jsonl

    Texts are UTF-8, at most 5,000,000 characters and 10,000 statements a case.

    A case of a batch is {"id", "sources": [{"id", "text"}], "summary"}, with "chart" (a Bundle)
    and "type" beside or instead of "sources". A line that cannot be checked is answered with
    {"id", "line", "error"} and does not stop the rest; the counts are told on stderr.

    Exit 0: nothing wrong was found. 1: a statement is contradicted or not found, something major
    is left out or found, or a case was refused. 2: wrong usage.
    """
    if batch:
        if sources or summary or chart or summary_type:
            raise click.UsageError("--batch stands alone: each case names its own sources.")
        return check_batch(batch, meaning_of(Settings()))
    if not summary or not (sources or chart):
        raise click.UsageError("Give --summary with --source or --chart, or --batch.")
    answer = answer_of(_case(sources, summary, chart, summary_type), meaning_of(Settings()))
    show(answer, as_json=as_json, lines=list(_lines(answer)))
    return int(has_problems(answer))


def _case(
    sources: tuple[Path, ...], summary: Path, chart: Path | None, summary_type: str | None
) -> dict[str, Any]:
    names = [path.name for path in sources]
    are_unique = len(set(names)) == len(names)
    return {
        "id": summary.name,
        "sources": [
            {"id": path.name if are_unique else str(path), "text": _text(path)} for path in sources
        ],
        "summary": _text(summary),
        "chart": parsed(_bytes(chart), chart.name) if chart else None,
        "type": summary_type,
    }


def _lines(answer: dict[str, Any]) -> Iterable[str]:
    """For people: each statement, why it is doubted and where to look; then what is missing."""
    for statement in answer["statements"]:
        yield f"{statement['support']:14} {statement['score']:.2f}  {_short(statement['text'])}"
        for reason in statement["reasons"]:
            source = reason.get("source")
            told = f"the source says {_short(source)}" if source else "the sources do not"
            yield f"{'':20} says {_short(reason['said'])}; {told}"
        for each in statement["evidence"][:1] if statement["reasons"] else ():
            yield f"{'':20} {each['source']} at {each['start']}: “{_short(each['quote'])}”"
    for omission in answer["omissions"]:
        yield f"left out ({omission['severity']}): {omission['kind']}, {_short(omission['fact'])}"
    for finding in answer["findings"]:
        yield f"{finding['kind']} ({finding['severity']}): {_short(finding['message'], 300)}"
    yield f"completeness {answer['completeness']:.2f}"


def _short(text: str, most: int = 200) -> str:
    """On one line of the terminal; what could move the cursor is left out."""
    line = "".join(c if c.isprintable() else " " for c in text)
    return line if len(line) <= most else f"{line[:most]}…"


def _text(path: Path) -> str:
    try:
        return _bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"{path.name} is not UTF-8 text. Save it as UTF-8 and try again.") from None


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > LARGEST_FILE:
        raise BadInput(f"{path.name} is larger than {LARGEST_FILE >> 20} MB. Give a smaller file.")
    return path.read_bytes()
