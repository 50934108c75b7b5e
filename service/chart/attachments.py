"""Attachments: choosing the best of several forms of a note, and getting its bytes, bounded."""

import base64
import binascii
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from service.chart.decoding import decode, kind_of
from service.chart.formats.plain import Unreadable
from service.chart.gaps import GapKind
from service.chart.render.scene import Scene
from service.deadline import TookTooLong, within

DOCUMENT_S = 70.0  # a little more than a PDF's own process gets
POISONED = (TookTooLong, MemoryError, RecursionError)
MAX_BYTES = 20 * 2**20  # of one attachment, decoded: beyond it is no note that a person wrote

# Best first: the fewer steps between what was written and what we read, the fewer mistakes.
PREFERRED = ("text", "html", "cda", "rtf", "pdf", "unknown", "picture")


@dataclass(frozen=True)
class Content:
    """An attachment's bytes and the type that it says it has."""

    content: bytes
    content_type: str


def attachments_of(resource: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The Attachment elements that hold a resource's text, in the order given."""
    found: list[Any] = []
    for content in _list(resource.get("content")):
        if isinstance(content, Mapping):
            found.append(content.get("attachment"))
    found += _list(resource.get("presentedForm"))
    return [a for a in found if isinstance(a, Mapping)]


def attachment_urls(resource: Mapping[str, Any]) -> Iterator[str]:
    """Addresses of attachments that lie outside the resource."""
    for attachment in attachments_of(resource):
        url = attachment.get("url")
        if isinstance(url, str) and url.strip() and not url.startswith("data:"):
            yield url.strip()


def wanted_urls(resource: Mapping[str, Any]) -> list[str]:
    """The addresses that must be fetched for the resource's best form to be read."""
    for group in _by_preference(attachments_of(resource)):
        if any(a.get("data") for a in group):
            return []
        if urls := [u for a in group if isinstance(u := a.get("url"), str) and u.strip()]:
            return urls
    return []


def note_text(scene: Scene) -> str | None:
    """The text of a resource's attachments; None when none can be read.

    Several attachments are forms of one document: the best readable kind is taken, and when
    that kind comes more than once (parts of a letter) all of it. What fails is a gap.
    """
    attachments = attachments_of(scene.resource)
    if not attachments:
        scene.note_gap(GapKind.ATTACHMENT, "it has no attachment")
        return None
    for group in _by_preference(attachments):
        texts = [text for attachment in group if (text := _read(scene, attachment))]
        if texts:
            return "\n\n".join(dict.fromkeys(texts))
    return None


def _by_preference(
    attachments: list[Mapping[str, Any]],
) -> Iterator[list[Mapping[str, Any]]]:
    for kind in PREFERRED:
        if group := [a for a in attachments if kind_of(str(a.get("contentType") or "")) == kind]:
            yield group


def _read(scene: Scene, attachment: Mapping[str, Any]) -> str | None:
    try:
        found = _content(scene, attachment)
        with within(DOCUMENT_S):
            decoded = decode(found.content, found.content_type)
    except Unreadable as problem:
        scene.note_gap(GapKind.ATTACHMENT, str(problem))
        return None
    except POISONED:
        scene.note_gap(GapKind.ATTACHMENT, "its attachment takes too long or too much to read")
        return None
    for problem_words in (*decoded.problems, *_mismatch(attachment, found)):
        scene.note_gap(GapKind.ATTACHMENT, problem_words)
    return decoded.text.strip("\n") or None


def _content(scene: Scene, attachment: Mapping[str, Any]) -> Content:
    declared = str(attachment.get("contentType") or "")
    data, url = attachment.get("data"), attachment.get("url")
    if isinstance(data, str) and data.strip():
        return Content(_base64(data), declared)
    if isinstance(url, str) and url.strip():
        return _from_url(scene, url.strip(), declared)
    raise Unreadable("its attachment has neither data nor url")


def _from_url(scene: Scene, url: str, declared: str) -> Content:
    if url.startswith("data:"):
        return _from_data_url(url, declared)
    binary = scene.target({"reference": url})
    if binary is None or binary.get("resourceType") != "Binary":
        raise Unreadable("its attachment is at an address whose content is not held")
    data = binary.get("data")
    if not isinstance(data, str):
        raise Unreadable("the Binary of its attachment is empty")
    kind = str(binary.get("contentType") or "")
    if not kind or kind.startswith("application/octet-stream"):
        kind = declared or kind
    return Content(_base64(data), kind)


def _from_data_url(url: str, declared: str) -> Content:
    head, _, payload = url.removeprefix("data:").partition(",")
    kind = head.removesuffix(";base64") or declared
    if head.endswith(";base64"):
        return Content(_base64(payload), kind)
    return Content(unquote_to_bytes(payload), kind)


def _base64(data: str) -> bytes:
    """The bytes; strict, because a note that was cut off must not look whole."""
    if len(data) > MAX_BYTES * 4 // 3 + 1024:
        raise Unreadable(f"its attachment is larger than {MAX_BYTES // 2**20} MB")
    try:
        return base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("its attachment is broken base64") from None


def _mismatch(attachment: Mapping[str, Any], found: Content) -> Iterator[str]:
    """The attachment says how large it is and its SHA-1; when given, they must hold."""
    size, digest = attachment.get("size"), attachment.get("hash")
    if isinstance(size, int) and size != len(found.content):
        yield "its attachment is not of the size that it states"
    actual = base64.b64encode(hashlib.sha1(found.content, usedforsecurity=False).digest())
    # Some vendors send SHA-256 or hex here; only what can be a SHA-1 is compared.
    if isinstance(digest, str) and len(digest) == len(actual) and digest != actual.decode():
        yield "its attachment does not match the hash that it states"


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
