"""Following a search from page to page, and noticing when the pages lead nowhere."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from service.fhir.errors import (
    EhrIncomplete,
    EhrRefused,
    failing_issues,
    outcome_words,
    withholding_issues,
)

MAX_PAGES = 5000  # a chart of a million resources at 200 a page; more is a server gone astray
MAX_BARREN_PAGES = 3  # pages in a row with nothing new: some servers filter after paging


class Pages:
    """One search: yields each match once, and raises EhrIncomplete where it cannot go on."""

    def __init__(
        self,
        fetch: Callable[[str], Any],
        base_url: str,
        act: str,
        *,
        here: Callable[[str], str] = str,
        known_warnings: Iterable[str] = (),
    ) -> None:
        self._known_warnings = known_warnings
        self._withheld = ""
        self._fetch, self._base_url, self._act, self._here = fetch, base_url, act, here
        self._seen_urls: set[str] = set()
        self._seen: set[str] = set()
        self._barren = 0
        self._matches = 0
        self._total: int | None = None

    def walk(self, first: Any) -> Iterator[dict[str, Any]]:
        """Matches and included resources, page by page, starting with the first answer."""
        bundle = self._checked(first)
        total = bundle.get("total")
        self._total = total if isinstance(total, int) else None
        while True:
            yield from self._new_of(bundle)
            url = self._next_url(bundle)
            if url is None:
                break
            bundle = self._checked(self._fetch(url))
        self._check_total()
        if self._withheld:
            raise EhrIncomplete(
                f"The EHR says that the {self._act} did not give everything: {self._withheld}."
            )

    def _checked(self, answer: Any) -> dict[str, Any]:
        if not isinstance(answer, dict) or answer.get("resourceType") != "Bundle":
            raise EhrRefused(f"The {self._act} was answered with something other than a Bundle.")
        return answer

    def _new_of(self, bundle: dict[str, Any]) -> Iterator[dict[str, Any]]:
        entries = bundle.get("entry")
        before = len(self._seen)
        for entry in entries if isinstance(entries, list) else []:
            resource = entry.get("resource") if isinstance(entry, dict) else None
            if not isinstance(resource, dict):
                continue
            mode = (entry.get("search") or {}).get("mode")
            if mode == "outcome" or resource.get("resourceType") == "OperationOutcome":
                self._check_outcome(resource)
            elif self._is_new(resource):
                self._matches += mode != "include"
                yield resource
        self._barren = 0 if len(self._seen) > before else self._barren + 1

    def _is_new(self, resource: dict[str, Any]) -> bool:
        meta = resource.get("meta")
        version = meta.get("versionId") if isinstance(meta, dict) else ""
        name = f"{resource.get('resourceType')}/{resource.get('id')}/{version}"
        if not resource.get("id"):
            name += str(hash(getattr(resource, "raw", None) or str(resource)))
        is_new = name not in self._seen
        self._seen.add(name)
        return is_new

    def _check_outcome(self, outcome: dict[str, Any]) -> None:
        if failing_issues(outcome):
            words = outcome_words(outcome)
            raise EhrIncomplete(f"The {self._act} failed part of the way: {words}.")
        if withholding_issues(outcome, known=self._known_warnings):
            self._withheld = outcome_words(outcome) or "a warning"

    def _next_url(self, bundle: dict[str, Any]) -> str | None:
        links = bundle.get("link")
        named = [li for li in links if isinstance(li, dict)] if isinstance(links, list) else []
        url = next((li.get("url") for li in named if li.get("relation") == "next"), None)
        if not isinstance(url, str) or not url:
            return None
        url = self._here(urljoin(self._base_url, url))
        self._check_next(url)
        self._seen_urls.add(url)
        return url

    def _check_next(self, url: str) -> None:
        if url in self._seen_urls:
            raise EhrIncomplete(f"The pages of the {self._act} lead in a circle; stopped there.")
        if self._barren >= MAX_BARREN_PAGES:
            raise EhrIncomplete(f"The pages of the {self._act} repeat themselves; stopped there.")
        if len(self._seen_urls) >= MAX_PAGES:
            raise EhrIncomplete(f"The {self._act} has more than {MAX_PAGES} pages; stopped there.")
        if _origin(url) != _origin(self._base_url):
            # Following it would show our token to a server that nobody configured.
            raise EhrIncomplete(
                f"The next page of the {self._act} is on another server; set "
                "COUNTERSIGN_FHIR_URL to the address that the EHR calls itself, or name that as "
                "an alias in the site profile."
            )

    def _check_total(self) -> None:
        if self._total is not None and self._matches != self._total:
            raise EhrIncomplete(
                f"The EHR announced {self._total} results for the {self._act}; "
                f"{self._matches} came."
            )


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, (parts.hostname or ""), port
