"""`countersign recall`: withdraw all that a model, a prompt, a record or a span of time touched."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click

from service.cli.common import agreed, as_json, opened, show
from service.errors import BadInput
from service.settings import load_settings
from service.summary.people import COMMAND_LINE as BY
from service.writeback.recall import recall as recalls
from service.writeback.recall.recall import Report
from service.writeback.recall.touched import Criteria


@click.group()
def recall() -> None:
    """Withdraw all that a model, a prompt, a record or a span of time touched."""


def criteria(command: Callable[..., int]) -> Callable[..., int]:
    """The options that say what is recalled; all that are given must fit."""
    options = (
        ("--model", "NAME", "As openai:NAME."),
        ("--prompt", "NAME", 'Or "NAME VERSION", or its hash.'),
        ("--source", "TYPE/ID", "A record that it was drawn from."),
        ("--since", "INSTANT", "Texts made then or later."),
        ("--until", "INSTANT", "Texts made before."),
    )
    for name, kind, said in reversed(options):
        command = click.option(name, metavar=kind, help=said)(command)
    return command


@recall.command(name="list")
@criteria
@as_json
def list_(as_json: bool, **asked: str | None) -> int:
    """What a recall would concern. Nothing is changed. Without criteria: the recalls there were."""
    wanted = _criteria(asked)
    with opened(load_settings()) as (_, runtime), runtime.transaction() as session:
        if wanted == Criteria():
            found = [each.told() for each in recalls.list_recalls(session, by=BY)]
            lines = [_line(each) for each in found] or ["There was no recall."]
        else:
            rows = recalls.list_touched(session, wanted, by=BY)
            found = [vars(each) for each in rows]
            lines = [_touched_line(each) for each in found]
            lines.append(f"{len(found)} {'summary' if len(found) == 1 else 'summaries'}.")
    show(found, as_json=as_json, lines=lines)
    return 0


@recall.command()
@criteria
@click.option("--reason", required=True, help="Stands on every summary.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
def start(reason: str, yes: bool, as_json: bool, **asked: str | None) -> int:
    """Mark all that fits, and withdraw it: what is filed is retracted, what is not is rejected."""
    wanted = _criteria(asked)
    with opened(load_settings()) as (_, runtime):
        with runtime.transaction() as session:
            number = len(recalls.list_touched(session, wanted, by=BY))
        if number and not (yes or agreed(f"Withdraw {number} summaries?")):
            raise BadInput("Nothing was recalled. Answer y, or give --yes.")
        with runtime.transaction() as session:
            recall_id = recalls.start_recall(session, wanted, reason, by=BY).id
        recalls.step_recalls(runtime.transaction)
        with runtime.transaction() as session:
            return _shown(recalls.report_on(session, recall_id, by=BY), as_json)


@recall.command()
@click.argument("recall_id", metavar="ID")
@as_json
def report(recall_id: str, as_json: bool) -> int:
    """How far recall ID is: 1 while something waits or the EHR refused."""
    with opened(load_settings()) as (_, runtime), runtime.transaction() as session:
        return _shown(recalls.report_on(session, recall_id, by=BY), as_json)


def _criteria(asked: dict[str, str | None]) -> Criteria:
    model, prompt, source = (str(asked.get(n) or "") for n in ("model", "prompt", "source"))
    return Criteria(model, prompt, source, _instant(asked["since"]), _instant(asked["until"]))


def _instant(said: str | None) -> datetime | None:
    if said is None:
        return None
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        raise click.UsageError(f"{said} is no instant, such as 2026-05-01T00:00:00Z.") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _shown(report: Report, as_json: bool) -> int:
    answer = report.told()
    lines = [_line(answer)]
    lines += [
        f"{each.summary_id}  {each.state:10} {each.status:16} {' '.join(each.documents)}  "
        f"{each.said}".rstrip()
        for each in report.summaries
    ]
    lines.append(", ".join(f"{count} {state}" for state, count in report.counts.items()))
    show(answer, as_json=as_json, lines=lines)
    return 1 if {"waiting", "refused"} & set(report.counts) else 0


def _line(told: dict[str, Any]) -> str:
    given = ", ".join(f"{name} {value}" for name, value in told["criteria"].items() if value)
    state = f"ended {told['ended_at']:%Y-%m-%d}" if told["ended_at"] else "under way"
    return f"{told['id']}  {told['asked_at']:%Y-%m-%d}  {state}  {given}: {told['reason']}"


def _touched_line(told: dict[str, Any]) -> str:
    held = " ".join(told["document_refs"])
    return (
        f"{told['summary_id']}  {told['status']:16} {told['made_at']:%Y-%m-%d}  {told['model']}  "
        f"{told['prompt']}  {held}"
    ).rstrip()
