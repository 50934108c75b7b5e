"""FHIR JSON as it stands on the wire: exact text kept beside the parsed resource.

Decimals stay decimals: FHIR says that 1.10 and 1.1 differ, and a float forgets which it was.
"""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import orjson

WHITESPACE = re.compile(r"[ \t\n\r]*")
# Escapes of what is no character, which no database and no other parser takes: a NUL, and half of
# a surrogate pair. Most that are found here stand in pairs and are well.
_MAY_BE_ODD = re.compile(r"\\u(?:0000|[dD][89a-fA-F])|[\ud800-\udfff]")
_ODD = re.compile("[\x00\ud800-\udfff]")


class BadJson(ValueError):
    """The text is no JSON that FHIR allows; the message holds a position, never content."""


class Received(dict[str, Any]):
    """A resource as parsed, with `raw`: the JSON text exactly as it was received."""

    __slots__ = ("raw",)

    raw: str

    def __init__(self, resource: dict[str, Any], raw: str) -> None:
        super().__init__(resource)
        self.raw = raw


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_constant)


def parse(text: str) -> Any:
    """The value of a whole JSON text, a resource as Received; so are a Bundle's. What is no
    character reads as U+FFFD; it stays in `raw` as it came. Raises BadJson."""
    try:
        value = _readable(_Walk(text).whole()) if _MAY_BE_ODD.search(text) else _Walk(text).whole()
    except RecursionError:
        raise BadJson("nested too deep") from None
    except (ValueError, IndexError) as error:
        raise BadJson(_position(error)) from None
    return Received(value, text.strip()) if isinstance(value, dict) else value


def parse_bundle(text: str) -> Iterator[dict[str, Any]]:
    """The entries of a Bundle's text in order, each `resource` as Received; other keys as parsed.

    Walks the three outer levels by hand so that the exact text of each resource is at hand.
    Raises BadJson.
    """
    entries, is_odd = _Walk(text).entries(), bool(_MAY_BE_ODD.search(text))
    try:
        for entry in entries:
            yield _readable(entry) if is_odd else entry
    except RecursionError:
        raise BadJson("nested too deep") from None
    except (ValueError, IndexError) as error:
        raise BadJson(_position(error)) from None


def _readable(value: Any) -> Any:
    """The same value, its strings with U+FFFD for what is no character."""
    if isinstance(value, str):
        return _ODD.sub("\ufffd", value)
    if isinstance(value, list):
        value[:] = map(_readable, value)
    if isinstance(value, dict):
        for key in list(value):
            value[_readable(key)] = _readable(value.pop(key))
    return value


class _Walk:
    """A place in a JSON text that moves forward over it once."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def whole(self) -> Any:
        """The value that the text is; the parts of a Bundle and of a list as Received."""
        self.skip()
        if self.text[self.at] == "[":
            return list(self.listed())
        if self.text[self.at] != "{" or '"entry"' not in self.text:
            return _DECODER.decode(self.text)
        value: dict[str, Any] = {}
        for key in self.members():
            is_entries = key == "entry" and self.text[self.at] == "["
            value[key] = [self.entry() for _ in self.elements()] if is_entries else self.value()
        self.check_end()
        return value

    def entries(self) -> Iterator[dict[str, Any]]:
        for key in self.members():
            if key == "entry" and self.text[self.at] == "[":
                for _ in self.elements():
                    yield self.entry()
            else:
                self.value()
        self.check_end()

    def listed(self) -> Iterator[Any]:
        """The elements of the array that the text is, objects as Received."""
        for _ in self.elements():
            start = self.at
            value = self.value()
            yield Received(value, self.text[start : self.at]) if isinstance(value, dict) else value
        self.check_end()

    def entry(self) -> dict[str, Any]:
        """The object here, `resource` with its own text; what is no object reads as empty."""
        if self.text[self.at] != "{":
            self.value()
            return {}
        entry: dict[str, Any] = {}
        for key in self.members():
            start = self.at
            value = self.value()
            if key == "resource" and isinstance(value, dict):
                value = Received(value, self.text[start : self.at])
            entry[key] = value
        return entry

    def value(self) -> Any:
        value, self.at = _DECODER.raw_decode(self.text, self.at)
        return value

    def members(self) -> Iterator[str]:
        """The keys of the object here; at each, the caller moves over the value."""
        self.expect("{")
        while self.text[self.at] != "}":
            self.check_is('"')
            key = self.value()
            self.skip()
            self.expect(":")
            yield key
            self.separator("}")
        self.expect("}")

    def elements(self) -> Iterator[None]:
        """Stops at each element of the array here; the caller moves over it."""
        self.expect("[")
        while self.text[self.at] != "]":
            yield None
            self.separator("]")
        self.expect("]")

    def separator(self, closing: str) -> None:
        self.skip()
        if self.text[self.at] != closing:
            self.expect(",")

    def expect(self, character: str) -> None:
        self.check_is(character)
        self.at += 1
        self.skip()

    def check_is(self, character: str) -> None:
        self.skip()
        if self.text[self.at] != character:
            raise ValueError(f"{character} expected at character {self.at}")

    def check_end(self) -> None:
        """Nothing but white space is left."""
        self.skip()
        if self.at != len(self.text):
            raise ValueError(f"something follows the JSON at character {self.at}")

    def skip(self) -> None:
        found = WHITESPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at


def _position(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg.lower()} at character {error.pos}"
    return "it ends too early" if isinstance(error, IndexError) else str(error)[:80]


def dump(resource: object) -> bytes:
    """JSON bytes of a resource; decimals keep their digits."""
    return _dump(resource, 0)


def dump_sorted(resource: object) -> bytes:
    """JSON bytes with sorted keys: the same for the same content, however it was laid out."""
    return _dump(resource, orjson.OPT_SORT_KEYS)


def _dump(resource: object, option: int) -> bytes:
    try:
        return orjson.dumps(resource, default=_decimal, option=option)
    except orjson.JSONEncodeError:
        # Half of a surrogate pair, or an integer beyond 64 bits: JSON allows them, orjson does not.
        return json.dumps(resource, default=str, sort_keys=bool(option)).encode()


def _decimal(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))
    raise TypeError(type(value).__name__)
