"""`countersign check --batch`: one case a line, one answer a line; no line stops the rest."""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from service.cli.cases import Meaning, answer_of, has_problems, parsed
from service.errors import BadInput, CountersignError

LONGEST_LINE = 64 * 2**20  # bytes; texts are bounded far below, a Bundle beside them is large
STDIN = "-"


def check_batch(path: str, meaning: Meaning) -> int:
    """Answer every line as it is read; the counts on stderr. The exit code."""
    counts: Counter[str] = Counter()
    with click.open_file(path, "rb") as cases, _bar() as bar:
        task = bar.add_task("cases", total=None if path == STDIN else Path(path).stat().st_size)
        for number, line in _lines(cases):
            answer = _answered(number, line, meaning)
            counts[_outcome(answer)] += 1
            click.echo(orjson.dumps(answer))
            bar.update(task, advance=len(line), description=f"{counts.total()} cases")
    click.echo(_counted(counts), err=True)
    return int(counts["problems"] + counts["errors"] > 0)


def _lines(cases: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Each line that is not blank with its number, a too long one cut; memory stays flat."""
    number = 0
    while line := cases.readline(LONGEST_LINE + 1):
        number += 1
        rest = line
        while rest and not rest.endswith(b"\n") and len(line) > LONGEST_LINE:
            rest = cases.readline(LONGEST_LINE)
        if line.strip(b" \t\r\n\xef\xbb\xbf"):
            yield number, line


def _answered(number: int, line: bytes, meaning: Meaning) -> dict[str, Any]:
    """The answer of one case, or {"id", "line", "error"} with what to do."""
    case: Any = None
    try:
        if len(line) > LONGEST_LINE:
            raise BadInput(f"The line is longer than {LONGEST_LINE >> 20} MB. Split the case.")
        case = parsed(line.removeprefix(b"\xef\xbb\xbf"), "The line")
        return answer_of(case, meaning)
    except CountersignError as error:
        return {"id": _id_of(case), "line": number, "error": error.sentence}
    except Exception as error:
        # The class only: the message of a library's exception may hold chart text.
        said = f"It could not be checked ({type(error).__name__}). Report the case to IT."
        return {"id": _id_of(case), "line": number, "error": said}


def _id_of(case: Any) -> Any:
    return (case.get("id") or "") if isinstance(case, dict) else ""


def _outcome(answer: dict[str, Any]) -> str:
    if "error" in answer:
        return "errors"
    return "problems" if has_problems(answer) else "good"


def _counted(counts: Counter[str]) -> str:
    return (
        f"{counts.total()} cases: {counts['good']} without problems, {counts['problems']} with "
        f"problems, {counts['errors']} not checked."
    )


def _bar() -> Progress:
    """On stderr, and only on a terminal: stdout belongs to the answers."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    return Progress(
        *columns,
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
        redirect_stdout=False,
        redirect_stderr=False,
    )
