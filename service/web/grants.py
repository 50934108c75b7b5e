"""Access tokens of programs: signed, good for minutes, and only while the account lives."""

from fastapi import Request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from service.signin.models import ApiToken
from service.signin.tokens import find_by_name

LIFE_S = 300
PREFIX = "csa_"  # csn_ is the token of an account


def grant_to(request: Request, token: ApiToken) -> str:
    """A new access token of this account."""
    return PREFIX + str(_signer(request).dumps(token.name))


def granted_to(session: Session, request: Request, sent: str) -> ApiToken | None:
    """The account that an access token was granted to; None when either is over."""
    try:
        name = _signer(request).loads(sent.removeprefix(PREFIX), max_age=LIFE_S)
    except BadSignature:  # also of one that is over
        return None
    return find_by_name(session, str(name))


def _signer(request: Request) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(request.app.state.session_secret, salt="countersign.access")
