"""Reading files of FHIR: JSON and ndjson, plain or gzipped; ndjson line by line, memory flat."""

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, cast

from service.chart.incoming import Incoming, bundled, received
from service.errors import NotFound
from service.fhir import wire

SUFFIXES = (".json", ".ndjson", ".jsonl", ".fhir")
MAX_LINE_BYTES = 64 * 2**20  # one resource: a note of 5 MB is 7 MB of base64
MAX_DOCUMENT_BYTES = 128 * 2**20  # one JSON document is read whole; beyond this use ndjson
KEPT_OF_OVERSIZED = 64 * 1024
LONG_BYTES, LONG_PDFS = 1_000_000, 3  # some 700 resources, a second; a PDF may take twenty


def read_files(paths: Iterable[Path], *, bases: tuple[str, ...] = ()) -> Iterator[Incoming]:
    """Every resource in the files, in order; folders are searched. Raises NotFound for a path.

    What cannot be read comes as an Incoming with a reason: nothing is passed over silently.
    """
    for path in find_files(paths):
        yield from read_file(path, bases=bases)


def find_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files named, and those in named folders that look like FHIR, sorted."""
    for path in paths:
        if path.is_dir():
            yield from (p for p in sorted(path.rglob("*")) if p.is_file() and _is_fhir(p))
        elif path.is_file():
            yield path
        else:
            raise NotFound(f"{path} is neither a file nor a folder; check the path.")


def _is_fhir(path: Path) -> bool:
    return path.name.lower().removesuffix(".gz").endswith(SUFFIXES)


def read_file(path: Path, *, bases: tuple[str, ...] = ()) -> Iterator[Incoming]:
    """The resources of one file. A gzip that breaks off is said after what came before it."""
    with _opened(path) as stream:
        try:
            yield from _of_stream(path, stream, bases)
        except (OSError, EOFError, zlib.error) as error:
            yield Incoming(path.name, reason=f"the file cannot be read ({type(error).__name__})")


def of_lines(stream: IO[bytes], *, bases: tuple[str, ...] = ()) -> Iterator[Incoming]:
    """The resources of ndjson, read line by line from where the stream stands."""
    yield from _lines(stream.readline(MAX_LINE_BYTES + 1), stream, bases)


def is_long(path: Path) -> bool:
    """Whether bringing this into the charts may take more than a few seconds: by its length
    unpacked, and by its documents that a process of its own must read."""
    try:
        with _opened(path) as stream:
            start = stream.read(LONG_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        return False  # what it says before it breaks off is short, or is told by read_file()
    return len(start) > LONG_BYTES or start.count(b"application/pdf") > LONG_PDFS


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as start:
        is_gzip = start.read(2) == b"\x1f\x8b"
    return cast("IO[bytes]", gzip.open(path, "rb")) if is_gzip else path.open("rb")


def _of_stream(path: Path, stream: IO[bytes], bases: tuple[str, ...]) -> Iterator[Incoming]:
    name = path.name.lower().removesuffix(".gz")
    first = stream.readline(MAX_LINE_BYTES + 1)
    has_more = bool(stream.peek(1)[:1])  # type: ignore[attr-defined]
    if name.endswith((".ndjson", ".jsonl")) or (has_more and _is_whole_json(first)):
        yield from _lines(first, stream, bases)
    else:
        yield from _document(first, stream, bases)


def _is_whole_json(line: bytes) -> bool:
    """True for a first line that is an object by itself: ndjson, whatever the file is called."""
    line = line.removeprefix(b"\xef\xbb\xbf")
    if not line.lstrip().startswith(b"{"):
        return False
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _lines(first: bytes, stream: IO[bytes], bases: tuple[str, ...]) -> Iterator[Incoming]:
    line = first
    while line:
        if len(line) > MAX_LINE_BYTES and not line.endswith(b"\n"):
            yield _oversized(line)
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_LINE_BYTES)
        elif line.strip(b" \t\r\n\xef\xbb\xbf"):
            yield from of_text(storable(line), bases=bases)
        line = stream.readline(MAX_LINE_BYTES + 1)


def _document(first: bytes, stream: IO[bytes], bases: tuple[str, ...]) -> Iterator[Incoming]:
    whole = first + stream.read(MAX_DOCUMENT_BYTES - len(first) + 1)
    if len(whole) > MAX_DOCUMENT_BYTES:
        yield _oversized(whole)
    elif whole.strip():
        yield from of_text(storable(whole), bases=bases)


def _oversized(content: bytes) -> Incoming:
    kept = storable(content[:KEPT_OF_OVERSIZED])
    return Incoming(kept, reason="it is too large to read at once; only its beginning is kept")


def of_text(text: str, *, bases: tuple[str, ...] = ()) -> Iterator[Incoming]:
    """The resources of one JSON text; a Bundle that breaks off gives what came before the break."""
    try:
        yield from received(wire.parse(text), bases=bases)
    except wire.BadJson as error:
        salvaged = list(_salvaged(text))
        yield from bundled(salvaged, bases=bases)
        rest = f"; {len(salvaged)} resource(s) before it were kept" if salvaged else ""
        yield Incoming(text.strip(), reason=f"it is not JSON: {error}{rest}")


def _salvaged(text: str) -> Iterator[dict[str, object]]:
    try:
        yield from wire.parse_bundle(text)
    except wire.BadJson:
        return


def storable(content: bytes) -> str:
    """Text that PostgreSQL can keep: bytes that are no UTF-8 and NULs are shown as escapes."""
    text = content.decode("utf-8", errors="backslashreplace").removeprefix("\ufeff")
    return text.replace("\x00", "\\x00")
