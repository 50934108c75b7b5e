"""`countersign keys`: the key with which Countersign proves to an EHR or provider who it is."""

from pathlib import Path

import click
import orjson
from joserfc.jwk import KeySet

from service import audit
from service.cli.common import opened
from service.errors import BadInput
from service.fhir.clientkey import make_key, read_key
from service.sealing.plain import rewrap
from service.settings import load_settings
from service.summary.people import COMMAND_LINE


@click.group()
def keys() -> None:
    """A private key of our own, and its public half for the other side; the keys of charts."""


@keys.command()
@click.argument("path", type=click.Path(path_type=Path))
def make(path: Path) -> None:
    """Make a new private key (EC P-384) in PATH, which only its owner may read."""
    if path.exists():
        raise BadInput(f"{path} is there already. A new key goes into a new file.")
    try:
        path.touch(mode=0o600)
        path.write_bytes(make_key())
    except OSError as error:
        raise BadInput(f"{path} cannot be written ({error.strerror}).") from None
    click.echo(f"Made {path}. Register its public half: countersign keys show {path}")


@keys.command()
@click.argument("path", type=click.Path(path_type=Path))
def show(path: Path) -> None:
    """The public half of the key in PATH, as the JWKS to register."""
    public = KeySet([read_key(path)]).as_dict(private=False)
    click.echo(orjson.dumps(public, option=orjson.OPT_INDENT_2))


@keys.command("rewrap")
def rewrap_keys() -> None:
    """Wrap the patients' keys with COUNTERSIGN_CHART_KEY, after COUNTERSIGN_FORMER_CHART_KEY."""
    with opened(load_settings()) as (_, runtime), runtime.transaction() as session:
        count = rewrap(session)
        audit.record(session, "keys.rewrapped", actor=COMMAND_LINE.id, keys=count)
    click.echo(f"{count} keys are wrapped with COUNTERSIGN_CHART_KEY. Destroy the former one.")
