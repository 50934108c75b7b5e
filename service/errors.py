"""The errors a person or a caller meets: one sentence each, that says what to do."""


class CountersignError(Exception):
    """A refusal or failure in words for people. Never carries chart text.

    `status_code` is what the HTTP door answers; `can_retry` says whether the same
    act may succeed later without anybody changing anything.
    """

    status_code = 500
    can_retry = False

    @property
    def sentence(self) -> str:
        return str(self) or "Something failed; look in the log for its id."


class BadInput(CountersignError):
    """What was sent cannot be understood."""

    status_code = 400


class NotPermitted(CountersignError):
    """This person, in this role, may not do this."""

    status_code = 403


class NotFound(CountersignError):
    """Nothing of that name is held here."""

    status_code = 404


class Conflict(CountersignError):
    """The state has moved on since the caller looked; look again."""

    status_code = 409


class Blocked(CountersignError):
    """Something has to be settled first, such as an open finding."""

    status_code = 422


class TooMuch(CountersignError):
    """More was sent at once than is taken."""

    status_code = 413


class Unavailable(CountersignError):
    """A part that is needed does not answer now; the work stays owed."""

    status_code = 503
    can_retry = True


class WrongSetting(CountersignError):
    """A setting is missing or impossible; the sentence names it."""
