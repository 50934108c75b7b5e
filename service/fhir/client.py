"""The FHIR client: the only code that talks to an EHR."""

import binascii
import ssl
import time
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import IO, Any
from urllib.parse import urljoin, urlsplit

import httpx

from service.database import now
from service.fhir import wire
from service.fhir.abilities import Abilities, Known, abilities_of
from service.fhir.auth import Auth, bearer
from service.fhir.errors import EhrRefused, EhrUnknown, FhirError, retry_after_s
from service.fhir.exchange import FHIR_JSON, Answer, Asked, Exchange
from service.fhir.paging import Pages
from service.fhir.profile import SiteProfile
from service.fhir.references import local_ref, type_of

Params = Mapping[str, str | Sequence[str]]


class FhirClient:
    """Reads and writes one FHIR R4 server. Every failure is a FhirError; see errors.py."""

    def __init__(
        self,
        base_url: str,
        *,
        token: str | None = None,
        auth: Auth | None = None,
        timeout_s: float = 30.0,
        page_size: int = 200,
        profile: SiteProfile | None = None,
        transport: httpx.BaseTransport | None = None,
        verify: ssl.SSLContext | bool = True,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.base_url = base_url.rstrip("/") + "/"
        self.profile = profile or SiteProfile()
        aliases = self.profile.reading.aliases
        self.bases = (self.base_url, *(each.rstrip("/") + "/" for each in aliases))
        self._known = Known(lambda: abilities_of(self.capability()))
        self.page_size = page_size
        self._exchange = Exchange(
            auth or bearer(token),
            timeout_s=timeout_s,
            transport=transport,
            verify=verify,
            sleep=sleep,
        )

    def close(self) -> None:
        self._exchange.close()

    def within(self, timeout_s: float) -> "FhirClient":
        """The same EHR for somebody who waits: all that is asked through it takes no longer than
        that together, else it raises EhrBusy."""
        hurried = copy(self)
        hurried._exchange = self._exchange.within(timeout_s)
        return hurried

    def paced(self) -> "FhirClient":
        """The same EHR for the reading of one chart: at most `reading.per_minute` requests a
        minute, so that none of them weighs on an EHR in clinical use."""
        slow = copy(self)
        slow._exchange = self._exchange.paced(self.profile.reading.per_minute)
        return slow

    def search(self, resource_type: str, params: Params) -> Iterator[dict[str, Any]]:
        """Every match once, each a wire.Received. Raises FhirError; EhrIncomplete at the place
        where the pages stop making sense, after all that came before it."""
        return self._walk(resource_type, params, f"search of {resource_type}")

    def everything(self, patient_ref: str) -> Iterator[dict[str, Any]]:
        """All that the EHR gives for a patient at once (`$everything`). Raises as `search` does."""
        return self._walk(f"{patient_ref}/$everything", {}, "read of everything on a patient")

    def _walk(self, path: str, params: Params, act: str) -> Iterator[dict[str, Any]]:
        query = {k: v if isinstance(v, str) else list(v) for k, v in params.items()}
        query.setdefault("_count", str(self.page_size))
        first = self._exchange.send(Asked("GET", self.base_url + path, act, params=query))
        pages = Pages(
            lambda url: self._get(url, act).json(),
            self.base_url,
            act,
            here=self._at_base,
            known_warnings=self.profile.reading.known_warnings,
        )
        yield from pages.walk(first.json())

    def read(self, ref: str) -> dict[str, Any]:
        """The resource behind "Type/id". Raises EhrNotFound and other FhirErrors."""
        local = local_ref(ref, bases=self.bases)
        if local is None:
            raise EhrRefused("That reference does not lead to this EHR.")
        act = f"read of {type_of(local)}"
        found = _resource(self._get(self.base_url + local, act))
        if (found.get("resourceType"), str(found.get("id"))) != tuple(local.split("/")):
            raise EhrRefused(
                f"The {act} was answered with another resource than the one asked for."
            )
        return found

    def read_binary(self, url: str) -> tuple[bytes, str]:
        """The bytes and MIME type behind an attachment's url ("Binary/1", or absolute here).

        A Binary that comes wrapped as FHIR JSON is unwrapped. Raises EhrRefused for an address
        on another server: our token is not for it.
        """
        address = self._at_base(urljoin(self.base_url, url))
        if not self._is_here(address):
            raise EhrRefused("The attachment lies on another server, which we do not ask.")
        answer = self._get(address, "read of Binary", accept="*/*")
        kind = answer.headers.get("content-type", "application/octet-stream")
        return _unwrapped(answer) if "json" in kind else (answer.content, kind)

    def create(
        self, resource: Mapping[str, Any], *, if_none_exist: str | None = None
    ) -> dict[str, Any]:
        """Store a resource and return it as stored, with its id.

        `if_none_exist` is a search ("identifier=system|value"): a match is returned instead of
        a second one being made. Raises EhrUnknown when it may have happened.
        """
        headers = {"If-None-Exist": if_none_exist} if if_none_exist else {}
        resource_type = str(resource["resourceType"])
        return self._write("POST", resource_type, resource, headers, f"create of {resource_type}")

    def update(self, resource: Mapping[str, Any], *, if_match: str | None) -> dict[str, Any]:
        """Replace a resource by its id. `if_match` is the versionId that it must still have."""
        headers = {"If-Match": f'W/"{if_match}"'} if if_match else {}
        resource_type = str(resource["resourceType"])
        path = f"{resource_type}/{resource['id']}"
        return self._write("PUT", path, resource, headers, f"update of {resource_type}")

    def export(self, path: str, params: Params) -> str:
        """Begin a Bulk Data `$export` ("Group/1/$export"); the address that tells how far it is."""
        act = "start of the export"
        query = {k: v if isinstance(v, str) else list(v) for k, v in params.items()}
        headers = {"Accept": FHIR_JSON, "Prefer": "respond-async"}
        asked = Asked("GET", self.base_url + path, act, params=query, headers=headers)
        answer = self._exchange.send(asked)
        address = self._at_base(urljoin(self.base_url, answer.headers.get("content-location", "")))
        if answer.status != 202 or not address.startswith(self.origin):
            raise EhrRefused("The EHR did not say where it tells how far the export is.")
        return address

    def exported(self, address: str) -> tuple[dict[str, Any] | None, float | None]:
        """The manifest of an export, None while it is under way; and in how many seconds to ask
        again, where the EHR says so."""
        headers = {"Accept": "application/json"}
        answer = self._exchange.send(Asked("GET", address, "export", headers=headers))
        if answer.status == 202:
            return None, retry_after_s(answer.headers.get("retry-after"), now())
        manifest = answer.json()
        if not isinstance(manifest, dict) or not isinstance(manifest.get("output"), list):
            raise EhrRefused("The EHR's description of the export is none that we can read.")
        return manifest, None

    def forget_export(self, address: str) -> None:
        """Let the EHR throw its files away. Raises FhirError."""
        self._exchange.send(Asked("DELETE", address, "end of the export"))

    def download(self, address: str, into: IO[bytes], *, needs_token: bool) -> None:
        """A file of an export, of any size. Raises EhrRefused where another server wants our
        token: it is not for it."""
        address = self._at_base(urljoin(self.base_url, address))
        is_ours = address.startswith(self.origin)
        if needs_token and not is_ours:
            raise EhrRefused(
                "A file of the export lies on another server and needs our token, which is not for "
                "it; name that address as an alias in the site profile if it is the EHR."
            )
        headers = {"Accept": "application/fhir+ndjson"}
        asked = Asked("GET", address, "read of an exported file", headers=headers, into=into)
        self._exchange.send(replace(asked, is_bare=not is_ours))

    @property
    def origin(self) -> str:
        """Scheme, host and port of the EHR and a slash: its exports need not lie below its base."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}/"

    def capability(self) -> dict[str, Any]:
        """The EHR's CapabilityStatement. Raises FhirError."""
        act = "read of the CapabilityStatement"
        found = _resource(self._get(self.base_url + "metadata", act))
        if found.get("resourceType") != "CapabilityStatement":
            raise EhrRefused(
                f"The {act} was answered with another resource; COUNTERSIGN_FHIR_URL must be the "
                "address below which /metadata lies."
            )
        return found

    def abilities(self) -> Abilities | None:
        """What the EHR says that it can do, read once a day; None while it does not say."""
        return self._known.get()

    def _at_base(self, url: str) -> str:
        """An address under an alias of the EHR, at the address that we ask."""
        alias = next((each for each in self.bases[1:] if url.startswith(each)), None)
        return self.base_url + url.removeprefix(alias) if alias else url

    def _get(self, url: str, act: str, *, accept: str = FHIR_JSON) -> Answer:
        return self._exchange.send(Asked("GET", url, act, headers={"Accept": accept}))

    def _write(
        self, method: str, path: str, resource: Mapping[str, Any], headers: dict[str, str], act: str
    ) -> dict[str, Any]:
        headers |= {"Content-Type": FHIR_JSON, "Prefer": "return=representation"}
        asked = Asked(
            method, self.base_url + path, act, headers=headers, content=wire.dump(dict(resource))
        )
        return self._stored(self._exchange.send(asked))

    def _stored(self, answer: Answer) -> dict[str, Any]:
        """The stored resource: from the answer, or read back where only a Location came, and
        where it cannot be read no more than its type and id."""
        if answer.content.strip():
            resource = answer.json()
            if isinstance(resource, dict) and resource.get("id"):
                return resource
        location = answer.headers.get("location") or answer.headers.get("content-location") or ""
        stored = local_ref(urljoin(self.base_url, location), bases=self.bases)
        if stored is None:
            raise EhrUnknown(
                f"The EHR accepted the {answer.act} but did not say under which id.",
                http_status=answer.status,
            )
        try:
            return self.read(stored)
        except FhirError:  # it is stored; that it cannot be read is found by who reads it
            return dict(zip(("resourceType", "id"), stored.split("/"), strict=True))

    def _is_here(self, url: str) -> bool:
        """True for an address under the EHR's own base; "../" cannot climb out of it."""
        return url.startswith(self.base_url) and ".." not in urlsplit(url).path


def _resource(answer: Answer) -> dict[str, Any]:
    resource = answer.json()
    if not isinstance(resource, dict) or not resource.get("resourceType"):
        raise EhrRefused(f"The {answer.act} was answered with JSON that is no FHIR resource.")
    return resource


def _unwrapped(answer: Answer) -> tuple[bytes, str]:
    """What a Binary in FHIR JSON holds; any other JSON is itself the attachment."""
    binary = answer.json()
    kind = answer.headers["content-type"]
    if not isinstance(binary, dict) or binary.get("resourceType") != "Binary":
        if "fhir" in kind:
            raise EhrRefused("The EHR answered another resource in the place of the attachment.")
        return answer.content, kind
    try:
        content = b64decode(str(binary.get("data") or ""), validate=True)
    except binascii.Error:
        raise EhrRefused("The Binary that the EHR answered holds broken base64.") from None
    return content, str(binary.get("contentType") or "application/octet-stream")
