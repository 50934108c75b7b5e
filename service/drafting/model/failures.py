"""What went wrong at an endpoint, whichever provider's client tells it, and whether it may pass."""

from collections.abc import Mapping
from typing import Any

from service.database import now
from service.errors import Unavailable
from service.fhir.errors import retry_after_s

BUSY = (408, 409, 425, 429)
WRONG_SETTING = {
    401: "it does not take the key in COUNTERSIGN_MODEL_API_KEY",
    403: "the key in COUNTERSIGN_MODEL_API_KEY may not use this model",
    404: "there is no such model or address; look at the name in COUNTERSIGN_MODEL and at "
    "COUNTERSIGN_MODEL_BASE_URL, which mostly ends in /v1",
    407: "a proxy between here and there wants a password",
}
NO_ANSWER = "it did not answer in time"
NOT_REACHED = "it cannot be reached"


class EndpointFailed(Exception):
    """The endpoint gave no answer. `retry_after_s` is its own wish; `may_pass` is False where a
    setting has to be corrected first; `is_charged` is True where it may have written an answer
    that did not arrive; `may_be_way` is True where it broke down over what was asked, which it
    may do over this way of asking alone. The words hold no chart text."""

    def __init__(
        self,
        said: str,
        *,
        retry_after_s: float | None = None,
        may_pass: bool = True,
        is_charged: bool = False,
        may_be_way: bool = False,
    ) -> None:
        super().__init__(said)
        self.said, self.retry_after_s, self.may_pass = said, retry_after_s, may_pass
        self.is_charged, self.may_be_way = is_charged, may_be_way


class QuestionRefused(Exception):
    """The endpoint answers, but not this question or this way of asking it."""


class ModelWaiting(Unavailable):
    """The model does not answer now: the draft stays owed and is taken up again by itself."""

    def __init__(self, said: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(said)
        self.retry_after_s = retry_after_s


def failure(error: Exception) -> EndpointFailed | QuestionRefused:
    """The error of any provider's client as one of ours. Its own message may hold chart text."""
    status, headers = _answer(error)
    if status is None:
        said = _without_status(error)
        broke_off = said not in (NO_ANSWER, NOT_REACHED)
        return EndpointFailed(said, is_charged=said != NOT_REACHED, may_be_way=broke_off)
    if status in BUSY or status >= 500:
        wish = retry_after_s(headers.get("retry-after"), now())
        # llama.cpp's Python server answers 500 to a JSON schema and is well otherwise; who says
        # when to come back is busy, not broken.
        broken = status >= 500 and wish is None
        return EndpointFailed(f"it answered {status}", retry_after_s=wish, may_be_way=broken)
    if status in WRONG_SETTING:
        return EndpointFailed(f"it answered {status}: {WRONG_SETTING[status]}", may_pass=False)
    return QuestionRefused(f"the endpoint refused the question ({status})")


def _answer(error: Exception) -> tuple[int | None, Mapping[str, str]]:
    """Status and headers as openai, anthropic and httpx have them, or as botocore has."""
    response: Any = getattr(error, "response", None)
    status = getattr(error, "status_code", None) or getattr(response, "status_code", None)
    headers = getattr(response, "headers", None) or {}
    if isinstance(response, dict):
        told = response.get("ResponseMetadata", {})
        status, headers = told.get("HTTPStatusCode"), told.get("HTTPHeaders", {})
    return (status if isinstance(status, int) else None), headers


def _without_status(error: Exception) -> str:
    names = [type(each).__name__ for each in (error, error.__cause__) if each is not None]
    if isinstance(error, TimeoutError) or any("Timeout" in name for name in names):
        return NO_ANSWER
    if isinstance(error, OSError) or any("Connect" in name for name in names):
        return NOT_REACHED
    return f"its answer broke off ({names[0]})"
