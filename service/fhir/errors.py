"""What can go wrong with an EHR, and whether trying again can help: decided here only."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from service.database import now
from service.errors import CountersignError

LONGEST_WISH_S = 3_600.0  # who asks for more is asked once an hour whether it is back
TOKEN_PAUSE_S = 60.0  # between two tries with what the EHR did not accept
MAX_WORDS = 200  # of an OperationOutcome, so that a server's essay never fills a page or a log


class FhirError(CountersignError):
    """The EHR did not do what was asked. `http_status` is its answer, None when there was none."""

    status_code = 502

    def __init__(
        self, sentence: str, *, http_status: int | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(sentence)
        self.http_status = http_status
        self.retry_after_s = retry_after_s


class EhrBusy(FhirError):
    """The EHR may answer later."""

    status_code = 503
    can_retry = True


class EhrRefused(FhirError):
    """The EHR will not accept this; a person must look."""


class EhrNotFound(EhrRefused):
    """The EHR holds nothing of that name (or holds it no longer)."""

    status_code = 404


class EhrTokenRefused(FhirError):
    """The EHR does not accept who we are, and a new token did not help: IT must look, and then the
    same work goes on. So it waits as owed, and is no refusal of this patient or this text."""

    can_retry = True


class EhrIncomplete(FhirError):
    """A search gave some results and then could not be followed to its end."""


class EhrUnknown(FhirError):
    """A write was sent and no answer came: it may or may not have happened. Reconcile first."""

    status_code = 504


# Answers after which the same request may succeed. 500 is here because servers under load
# give it.
TEMPORARY = frozenset({408, 425, 429, 500, 502, 503, 504})
# Of a write, those that say that it was not begun; after any other it may have been done, for
# servers and the proxies before them fail after the commit too.
NOT_BEGUN = frozenset({425, 429})


def error_of(
    status: int, headers: Mapping[str, str], outcome: object, *, act: str, is_write: bool
) -> FhirError:
    """The error that an HTTP answer of 300 or more stands for.

    `act` is what was tried, such as "search of Condition"; it holds no id and no chart text.
    """
    if is_write and status in TEMPORARY - NOT_BEGUN:
        return EhrUnknown(
            f"The {act} was sent, and the EHR's answer ({status}) does not say whether it was "
            "done.",
            http_status=status,
        )
    if status in TEMPORARY:
        wait = retry_after_s(headers.get("retry-after"), now())
        return EhrBusy(
            f"The EHR is busy ({status}) with the {act}; try again later.",
            http_status=status,
            retry_after_s=wait,
        )
    return _fatal(status, outcome_words(outcome), act)


def _fatal(status: int, words: str, act: str) -> FhirError:
    said = f" It said: {words}" if words else ""
    if status == 401:
        return EhrTokenRefused(
            f"The EHR does not accept who we are for the {act} (401), so the work waits. IT: renew "
            "the access token or the registration; `countersign doctor` tries it.",
            http_status=status,
            retry_after_s=TOKEN_PAUSE_S,
        )
    if status in (404, 410):
        return EhrNotFound(
            f"The EHR has nothing for the {act} ({status}).{said}", http_status=status
        )
    if 300 <= status < 400:
        return EhrRefused(
            f"The EHR redirects the {act} ({status}); set COUNTERSIGN_FHIR_URL to where it leads.",
            http_status=status,
        )
    if status == 403:
        said = said or " Ask for the scope that this needs."
    return EhrRefused(f"The EHR refused the {act} ({status}).{said}", http_status=status)


def retry_after_s(header: str | None, at: datetime) -> float | None:
    """Seconds to wait by a Retry-After header (seconds or an HTTP date), LONGEST_WISH_S at most;
    None when unreadable."""
    said = (header or "").strip()
    if said.replace(".", "", 1).isdecimal():
        return min(float(said), LONGEST_WISH_S)
    try:
        then = parsedate_to_datetime(said)
    except ValueError:
        return None
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return min(max(0.0, (then - at).total_seconds()), LONGEST_WISH_S)


def outcome_words(outcome: object) -> str:
    """Codes and FHIR paths of an OperationOutcome, with its own words when they are standard.

    `diagnostics` often quotes the resource back, and so may hold chart text: only the coded
    `details` and the `code` are repeated, never the free text.
    """
    if not isinstance(outcome, dict) or outcome.get("resourceType") != "OperationOutcome":
        return ""
    issues = [i for i in outcome.get("issue") or [] if isinstance(i, dict)]
    said = dict.fromkeys(word for issue in issues if (word := _issue_words(issue)))
    return "; ".join(said)[:MAX_WORDS]


def _issue_words(issue: dict[str, Any]) -> str:
    where = issue.get("expression") or issue.get("location") or []
    parts = [str(issue.get("code") or ""), *(str(w) for w in where[:2] if isinstance(where, list))]
    details = issue.get("details")
    codings = details.get("coding") if isinstance(details, dict) else None
    if isinstance(codings, list) and codings and isinstance(codings[0], dict):
        parts.append(str(codings[0].get("code") or ""))
    return " ".join(part for part in parts if part)


# Of issue types that come as a warning in a searchset, those that say that results are missing.
MISSING = frozenset(
    {
        "suppressed",
        "security",
        "forbidden",
        "login",
        "unknown",
        "expired",
        "incomplete",
        "too-costly",
        "timeout",
        "throttled",
        "transient",
        "exception",
        "lock-error",
        "no-store",
    }
)
_MISSING_WORDS = re.compile(
    r"withh[eo]ld|suppress|incomplete|partial|truncat|restricted|not authori[sz]ed|"
    r"(may|does|do) not (contain|include)|omitted|limit(ed)? (to|exceeded|reached)|too many",
    re.IGNORECASE,
)


def withholding_issues(outcome: Mapping[str, Any], *, known: Iterable[str] = ()) -> bool:
    """True when a warning beside results says that there are more than came. `known` are codes
    that the site has looked into."""
    issues = [i for i in outcome.get("issue") or [] if isinstance(i, dict)]
    return any(_withholds(i) for i in issues if not _codes(i).intersection(known))


def _withholds(issue: dict[str, Any]) -> bool:
    if issue.get("severity") != "warning":
        return False
    details = issue.get("details")
    text = details.get("text") if isinstance(details, dict) else ""
    words = f"{issue.get('diagnostics') or ''} {text or ''}"
    return issue.get("code") in MISSING or bool(_MISSING_WORDS.search(words))


def _codes(issue: dict[str, Any]) -> set[str]:
    details = issue.get("details")
    codings = details.get("coding") if isinstance(details, dict) else None
    return {str(c.get("code")) for c in codings or [] if isinstance(c, dict)}


def failing_issues(outcome: object) -> bool:
    """True when an OperationOutcome says that something failed, not only a warning."""
    if not isinstance(outcome, dict):
        return False
    issues = outcome.get("issue") or []
    return any(isinstance(i, dict) and i.get("severity") in ("error", "fatal") for i in issues)
