"""`countersign demo`, `up` and `worker`: run the service."""

import contextlib
import os
import secrets
import socket
from pathlib import Path

import click
from pydantic import SecretStr

from fhir_fixtures.scripted_model.behaviour import NoSuchModel, behaviour
from service.bootstrap import Runtime
from service.chart import trying
from service.cli import demo as demonstration
from service.cli.common import opened
from service.cli.walkthrough import patience_s, walk_through
from service.cli.webserver import WebServer, bound
from service.drafting.prompts import load_prompts
from service.drafting.writers import build_writer
from service.embedded import Parts, check_loopback, check_own_ehr, environment, worker_argv
from service.errors import CountersignError
from service.settings import Settings, load_settings

FIRST_LOOK_S = 10

port_option = click.option(
    "--port", type=click.IntRange(0, 65535), help="Port of the web page; 0 takes a free one."
)
i_know_option = click.option(
    "--i-know", is_flag=True, help="Demo mode on an EHR elsewhere, whose patients are made up."
)
scripted_option = click.option(
    "--model",
    callback=lambda *given: _scripted(given[-1]),
    metavar="scripted[:KIND]",
    help="Draft with the scripted model, which tells no chart to anybody. KIND makes it "
    "misbehave: wrong-dose, flipped-polarity, invented-diagnosis, hang, busy and more.",
)


@click.command()
@click.option("--walkthrough", is_flag=True, help="Do the whole job once, print it, and exit.")
@port_option
@scripted_option
@i_know_option
def demo(walkthrough: bool, port: int | None, model: str | None, i_know: bool) -> int:
    """Everything on this machine, with made-up patients."""
    settings = _settings(0 if walkthrough and port is None else port, demo=True)
    if "log_level" not in settings.model_fields_set:
        settings = settings.model_copy(update={"log_level": "warning"})  # the steps are the news
    check_loopback(settings.host)
    if not i_know:
        check_own_ehr(settings)
    if walkthrough:
        return _walked(settings, model)
    with bound(settings) as address, until_stopped(), opened(settings) as (parts, runtime):
        parts.check_is_owner()
        _start_demo(parts, model)
        demonstration.fill_worklist(runtime)
        _web(parts, address).run()
    return 0


@click.command()
@port_option
@click.option("--no-worker", is_flag=True, help="Leave the tasks to `countersign worker`.")
@i_know_option
def up(port: int | None, no_worker: bool, i_know: bool) -> int:
    """The service on your settings, starting what no setting points at."""
    settings = _settings(port)
    if settings.demo:
        check_loopback(settings.host)
    if not i_know:
        check_own_ehr(settings)
    with bound(settings) as address, until_stopped(), opened(settings) as (parts, runtime):
        parts.check_is_owner()
        parts.add_sandbox_ehr([])
        click.echo(f"EHR: {_first_look(runtime)}", err=True)
        if not no_worker:
            parts.add_worker()
        _web(parts, address).run()
    return 0


def _first_look(runtime: Runtime) -> str:
    """What it can do, for who starts this; one that is away is waited for by whoever needs it."""
    if not runtime.settings.fhir_url:
        return "the sandbox, for trying this out; COUNTERSIGN_FHIR_URL names your own"
    try:
        return trying.look(runtime.client.within(FIRST_LOOK_S))
    except CountersignError as error:
        return f"{error.sentence} (`countersign doctor` looks at it)"


@click.command()
def worker() -> None:
    """A Celery worker with beat on your settings, in place of this process."""
    settings = _settings(None)
    argv = worker_argv(settings)
    os.execve(argv[0], argv, {**os.environ, **environment(settings)})  # noqa: S606


def _settings(port: int | None, **given: object) -> Settings:
    """Raises WrongSetting, for prompts and model too: else each draft would fail of them."""
    settings = load_settings(**given, **({} if port is None else {"port": port}))
    load_prompts(settings.prompts_dir)
    build_writer(settings)
    return settings


def until_stopped() -> contextlib.AbstractContextManager[None]:
    """A server that was told to stop has done what it should: exit 0."""
    return contextlib.suppress(KeyboardInterrupt)


def _start_demo(parts: Parts, model: str | None) -> None:
    """The made-up patients, the model if one is asked for, and who does the work."""
    parts.add_sandbox_ehr(demonstration.bundles())
    if model is not None:
        parts.add_scripted_model(model)
    parts.add_worker()


def _scripted(model: str | None) -> str | None:
    """How the scripted model is to behave: "" for well. Raises BadParameter."""
    if model is None:
        return None
    try:
        behaviour(model)
    except NoSuchModel as error:
        raise click.BadParameter(f"{error} Write scripted or scripted:KIND.") from None
    return model.partition(":")[2]


def _walked(settings: Settings, model: str | None) -> int:
    with bound(settings) as address, opened(settings) as (parts, _):
        if not parts.settings.fhir_url:  # else a demo runs on this folder: walk through that
            parts.check_is_owner()
        _start_demo(parts, model)
        web = _web(parts, address)
        with web.in_background():
            limit_s = patience_s(parts.settings)
            return walk_through(web.url, str(parts.settings.fhir_url), limit_s=limit_s)


def _web(parts: Parts, address: socket.socket) -> WebServer:
    secret = parts.settings.session_secret or SecretStr(_kept_secret(parts.settings.data_dir))
    settings = parts.settings.model_copy(update={"session_secret": secret})
    return WebServer(settings, address)


def _kept_secret(data_dir: Path) -> str:
    """The key of session cookies on this data directory, made at its first start."""
    path = data_dir / "session.key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32))
    return path.read_text()
