"""What every command shares: the parts, the runtime, and one way to print an answer."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click
import orjson
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from service.bootstrap import Runtime, configure_logging
from service.embedded import Parts, running_parts
from service.errors import BadInput
from service.settings import Settings

as_json = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")


@contextmanager
def opened(settings: Settings) -> Iterator[tuple[Parts, Runtime]]:
    """The parts started or found, the schema current, and a runtime on them."""
    configure_logging(settings)
    with running_parts(settings) as parts:
        runtime = Runtime(parts.settings)
        try:
            runtime.migrate()
            yield parts, runtime
        finally:
            runtime.close()


def bar(is_quiet: bool) -> Progress:
    """How far a long command is, on a terminal."""
    columns = (TextColumn("{task.completed} {task.description}"), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, transient=True, disable=is_quiet)


def agreed(question: str) -> bool:
    """What the person answers; silence is a no. Asked on stderr: stdout is the answer's."""
    with suppress(click.Abort):
        return click.confirm(question, err=True)
    return False


def show(answer: Any, *, as_json: bool, lines: list[str]) -> None:
    """Print an answer: as JSON for programs, else the lines for people."""
    if as_json:
        click.echo(orjson.dumps(answer, option=orjson.OPT_INDENT_2, default=str))
    else:
        click.echo("\n".join(lines))


def patient_ref(patient: str) -> str:
    """`Patient/1` from `1` or `Patient/1`. Raises BadInput for anything else."""
    ref = patient if patient.startswith("Patient/") else f"Patient/{patient}"
    if not ref.removeprefix("Patient/") or "/" in ref.removeprefix("Patient/"):
        raise BadInput(f"{patient} is no patient: give the id, such as Patient/123.")
    return ref
