"""The command line: `countersign …`. Exit 0 done, 1 refused or found problems, 2 wrong usage."""

import os
import signal
import sys

import click

from service.cli import audit, chart, check, doctor, ingest, keys, read, recall, serve, token
from service.errors import CountersignError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="countersign")
def commands() -> None:
    """Drafts chart summaries with evidence; files only what a clinician has signed."""


for command in (
    serve.demo,
    serve.up,
    serve.worker,
    ingest.ingest,
    chart.draft,
    chart.retrieve,
    chart.erase,
    chart.reindex,
    check.check,
    read.read,
    audit.audit,
    keys.keys,
    token.token,
    recall.recall,
    doctor.doctor,
):
    commands.add_command(command)


def main() -> None:
    """The console script: every error is one sentence on stderr, never a traceback."""
    os.umask(0o077)  # what is made here, by the parts that are started too, is its owner's alone
    for each in (signal.SIGTERM, signal.SIGHUP):
        # Told to stop, or the terminal closed: the same as Ctrl-C, so that all children are
        # stopped. What `nohup` has switched off stays off.
        if signal.getsignal(each) is signal.SIG_DFL:
            signal.signal(each, signal.default_int_handler)
    sys.exit(run(sys.argv[1:]))


def run(argv: list[str]) -> int:
    """Carry out one command line; its exit code."""
    try:
        return int(commands.main(argv, prog_name="countersign", standalone_mode=False) or 0)
    except click.UsageError as error:
        said = " ".join(error.format_message().split())
        click.echo(f"{said} Try: countersign --help", err=True)
        return 2
    except (click.Abort, KeyboardInterrupt):
        return 130
    except CountersignError as error:
        click.echo(error.sentence, err=True)
        return 1
    except Exception as error:
        # The class only: the message of a library's exception may hold chart text.
        click.echo(
            f"Something unforeseen failed ({type(error).__name__}). `countersign doctor` "
            "tells which part does not answer.",
            err=True,
        )
        return 1
