"""What goes wrong between us and an EHR: on the way, in its answers, after its commit."""

from typing import Any

from tests.peers.proxy import Fault

Bundle = dict[str, Any]

LIMIT_S = 1.0  # of the client under test
STRANGER = "Patient/stranger"


def _linked(url: str) -> list[dict[str, str]]:
    return [{"relation": "next", "url": url}]


def _entries(bundle: Bundle) -> list[dict[str, Any]]:
    return list(bundle.get("entry") or [])


def in_a_circle(bundle: Bundle, url: str) -> Bundle:
    return {**bundle, "link": _linked(url)}


def on_another_host(bundle: Bundle, _: str) -> Bundle:
    return {**bundle, "link": _linked("http://ehr.example/fhir?page=2")}


def with_a_stranger(bundle: Bundle, _: str) -> Bundle:
    entries = _entries(bundle)
    resource = {**entries[0]["resource"], "id": "of-a-stranger"}
    name = "patient" if "patient" in resource else "subject"
    entries.append({"resource": {**resource, name: {"reference": STRANGER}}})
    return {**bundle, "total": len(entries), "entry": entries}


def given_twice(bundle: Bundle, _: str) -> Bundle:
    """Each entry twice and the same page over again, as where rows move while they are paged."""
    return {**bundle, "entry": _entries(bundle) * 2}


def with_a_warning(bundle: Bundle, _: str) -> Bundle:
    issue = {"severity": "warning", "code": "suppressed"}
    outcome = {"resourceType": "OperationOutcome", "issue": [issue]}
    entry = {"resource": outcome, "search": {"mode": "outcome"}}
    return {**bundle, "entry": [*_entries(bundle), entry]}


def fewer_than_told(bundle: Bundle, _: str) -> Bundle:
    return {**bundle, "total": len(_entries(bundle)) + 3}


def expired(bundle: Bundle, url: str) -> Bundle:
    """The next page is one that no server here knows any more."""
    return {**bundle, "link": _linked(url.partition("?")[0] + "/expired/page")}


LOGIN = Fault(reaches=False, status=200, body=b"<html><form>Sign in</form></html>")
OUTCOME = b'{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"too-costly"}]}'

# A search of one type that stays like this: a gap, and nothing is told to be absent.
READING = {
    "dropped before": Fault(reaches=False, drops=True),
    "dropped after": Fault(drops=True),
    "truncated": Fault(truncates=True),
    "longer than the limit": Fault(delay_s=1.5 * LIMIT_S),
    "429": Fault(reaches=False, status=429, body=b"{}"),
    "503": Fault(reaches=False, status=503, body=b"{}"),
    "500": Fault(status=500, body=b"{}"),
    "403": Fault(reaches=False, status=403, body=b"{}"),
    "a login page": LOGIN,
    "an outcome with 200": Fault(status=200, body=OUTCOME),
    "a circle of pages": Fault(change=in_a_circle),
    "a page on another host": Fault(change=on_another_host),
    "an expired page": Fault(change=expired),
    "a warning": Fault(change=with_a_warning),
    "a total that does not come": Fault(change=fewer_than_told),
}

# A create that ends like this: looked for, and there once in the end.
WRITING = {
    "dropped before": Fault(reaches=False, drops=True),
    "dropped after": Fault(drops=True),
    "truncated after": Fault(truncates=True),
    "longer than the limit": Fault(delay_s=1.5 * LIMIT_S),
    "500 before": Fault(reaches=False, status=500, body=b"{}"),
    "500 after": Fault(status=500, body=b"{}"),
    "503 before": Fault(reaches=False, status=503, body=b"{}"),
    "503 after": Fault(status=503, body=b"{}"),
    "502 after": Fault(status=502, body=b"<html>bad gateway</html>"),
    "a login page after": Fault(status=200, body=LOGIN.body),
    "429": Fault(reaches=False, status=429, body=b"{}"),
}
