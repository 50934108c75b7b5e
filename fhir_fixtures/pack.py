"""Packing: puts each story's readable notes into its `bundle.json` as FHIR attachments.

Run `python -m fhir_fixtures.pack` after editing a note. A DocumentReference's attachment names its
file in `title`; the file's bytes go to `attachment.data`, or to the Binary that `attachment.url`
names. An attachment whose `title` is not a file in `notes/` is left exactly as it is: some stories
hold one that cannot be read. Standard library only.
"""

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fhir_fixtures.stories import STORIES, names

Resource = dict[str, Any]


def pack_bundle(bundle: Resource, notes: dict[str, bytes]) -> Resource:
    """A copy of the bundle, attachments filled from `notes` (file name -> bytes)."""
    packed: Resource = json.loads(json.dumps(bundle))
    resources = [entry["resource"] for entry in packed["entry"]]
    binaries = {f"Binary/{r['id']}": r for r in resources if r["resourceType"] == "Binary"}
    for attachment in _attachments(resources):
        if attachment.get("title") in notes:
            _fill(attachment, notes[attachment["title"]], binaries)
    return packed


def as_text(bundle: Resource) -> str:
    """The stable written form of a bundle: two spaces, keys in the order of writing."""
    return json.dumps(bundle, indent=2, ensure_ascii=False) + "\n"


def pack_story(path: Path) -> bool:
    """Refill the story's `bundle.json` from its notes; says whether the file changed."""
    bundle_path = path / "bundle.json"
    before = bundle_path.read_text(encoding="utf-8")
    notes = {note.name: note.read_bytes() for note in (path / "notes").glob("*")}
    after = as_text(pack_bundle(json.loads(before), notes))
    if after != before:
        bundle_path.write_text(after, encoding="utf-8")
    return after != before


def _attachments(resources: list[Resource]) -> Iterator[Resource]:
    for resource in resources:
        if resource["resourceType"] == "DocumentReference":
            yield from (content["attachment"] for content in resource["content"])


def _fill(attachment: Resource, note: bytes, binaries: dict[str, Resource]) -> None:
    """Sets data (here or in the Binary), size in bytes, and the SHA-1 that FHIR R4 asks for."""
    holder = binaries.get(attachment.get("url", ""), attachment)
    holder["data"] = base64.b64encode(note).decode("ascii")
    attachment["size"] = len(note)
    # SHA-1 because Attachment.hash is defined so in FHIR R4; it guards nothing here.
    digest = hashlib.sha1(note, usedforsecurity=False).digest()
    attachment["hash"] = base64.b64encode(digest).decode("ascii")


def main() -> None:
    """Pack every story and name the ones that changed."""
    for name in names():
        print(f"{name}: {'packed' if pack_story(STORIES / name) else 'unchanged'}")


if __name__ == "__main__":
    main()
