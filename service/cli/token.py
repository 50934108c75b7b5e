"""`countersign token`: the tokens with which programs come in over REST."""

from typing import IO, Any

import click
import orjson

from service.cli.common import as_json, opened, show
from service.errors import BadInput
from service.settings import load_settings
from service.signin import tokens
from service.signin.assertions import public_keys
from service.signin.models import ApiToken
from service.summary.people import COMMAND_LINE

BY = COMMAND_LINE.id


@click.group()
def token() -> None:
    """Tokens of programs: made, listed, revoked."""


@token.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(sorted(tokens.SCOPES)),
    help="What it may do; say it once for each.",
)
@click.option("--days", default=90, show_default=True, help="How long it is good for.")
@click.option(
    "--jwks",
    type=click.File("rb"),
    help="The program's public keys: it proves itself with a private one and has no token.",
)
@as_json
def create(
    name: str, scopes: tuple[str, ...], days: int, jwks: IO[bytes] | None, as_json: bool
) -> None:
    """Make a token called NAME. It is shown this once and not kept."""
    keys = _public_keys(jwks) if jwks else None
    with opened(load_settings()) as (_, runtime), runtime.transaction() as session:
        made, secret = tokens.create_token(session, name, scopes, days=days, by=BY, jwks=keys)
        answer = {**_told(made), "token": secret or None}
    may = f"It may: {', '.join(made.scopes)}. It ends on {made.expires_at:%Y-%m-%d}."
    lines = [secret, f"This is the token of {name}: keep it now, it is not shown again. {may}"]
    if not secret:
        lines = [f"{name} proves itself with its private key, at /oauth/token. {may}"]
    show(answer, as_json=as_json, lines=lines)


def _public_keys(jwks: IO[bytes]) -> dict[str, Any]:
    try:
        return public_keys(orjson.loads(jwks.read()))
    except orjson.JSONDecodeError:
        raise BadInput(f"{jwks.name} is not JSON: `countersign keys show` prints a JWKS.") from None


@token.command(name="list")
@as_json
def list_(as_json: bool) -> None:
    """Every token, newest first; never the token itself."""
    with opened(load_settings()) as (_, runtime), runtime.transaction() as session:
        rows = [_told(each) for each in tokens.list_tokens(session)]
    lines = [_line(row) for row in rows] or [
        "There are none: `countersign token create` makes one."
    ]
    show(rows, as_json=as_json, lines=lines)


@token.command()
@click.argument("name")
@as_json
def revoke(name: str, as_json: bool) -> None:
    """End the token called NAME at once."""
    with opened(load_settings()) as (_, runtime), runtime.transaction() as session:
        answer = _told(tokens.revoke_token(session, name, by=BY))
    show(answer, as_json=as_json, lines=[f"{name} is revoked. It opens nothing any more."])


def _told(token: ApiToken) -> dict[str, object]:
    state = "live" if tokens.is_live(token) else "revoked" if token.revoked_at else "expired"
    return {
        "name": token.name,
        "state": state,
        "scopes": token.scopes,
        "made_by": token.made_by,
        "made_at": token.made_at,
        "expires_at": token.expires_at,
        "used_at": token.used_at,
        "revoked_at": token.revoked_at,
    }


def _line(row: dict[str, object]) -> str:
    used = f"{row['used_at']:%Y-%m-%d %H:%M}" if row["used_at"] else "never"
    scopes = ",".join(map(str, row["scopes"]))  # type: ignore[call-overload]
    return (
        f"{row['name']:24} {row['state']:8} until {row['expires_at']:%Y-%m-%d}  "
        f"last used {used:16}  {scopes}"
    )
