"""`countersign token`: the tokens with which programs come in over REST."""

import click

from service.cli.common import as_json, opened, show
from service.settings import load_settings
from service.signin import tokens
from service.signin.models import ApiToken

BY = "command-line"


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
@as_json
def create(name: str, scopes: tuple[str, ...], days: int, as_json: bool) -> None:
    """Make a token called NAME. It is shown this once and not kept."""
    with opened(load_settings()) as (_, runtime), runtime.transaction() as session:
        made, secret = tokens.create_token(session, name, scopes, days=days, by=BY)
        answer = {**_told(made), "token": secret}
    lines = [
        secret,
        f"This is the token of {name}: keep it now, it is not shown again. It may: "
        f"{', '.join(made.scopes)}. It ends on {made.expires_at:%Y-%m-%d}.",
    ]
    show(answer, as_json=as_json, lines=lines)


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
