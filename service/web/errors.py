"""Refusals that only the web door knows."""

from service.errors import CountersignError, NotFound


class NotSignedIn(CountersignError):
    """Nobody is signed in, or no longer."""

    status_code = 401


class TooLarge(CountersignError):
    """More was sent than this route takes."""

    status_code = 413


class KeyReused(CountersignError):
    """An Idempotency-Key came back with another request."""

    status_code = 422


class SignInAgain(CountersignError):
    """This act needs a sign-in that is newer than this session's."""

    status_code = 403


class TooManyAtOnce(CountersignError):
    """One caller has as many requests under way as one may have."""

    status_code = 429
    can_retry = True


class TooManyWrongTokens(CountersignError):
    """Too many tokens that nobody has came from one address."""

    status_code = 429
    can_retry = True

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(
            "Too many tokens came from this address that are not known here. Wait a minute, and "
            "look which program sends an old one."
        )
        self.retry_after_s = retry_after_s


class NotOpen(NotFound):
    """A patient to whom the person has no relation, or who is not here: which, nobody is told."""
