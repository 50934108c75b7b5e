"""`countersign keys`: the key with which Countersign proves to an EHR or provider who it is."""

from pathlib import Path

import click
import orjson
from joserfc.jwk import KeySet

from service.errors import BadInput
from service.fhir.clientkey import make_key, read_key


@click.group()
def keys() -> None:
    """A private key of our own, and its public half for the other side."""


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
