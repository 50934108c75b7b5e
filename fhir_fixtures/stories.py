"""Finding and reading the stories: the only way that tests and the demo open a story folder.

A story is a folder with `bundle.json` (a FHIR R4 transaction), `expected.toml` (what a good summary
carries and what it must not state), `notes/` (the same notes as readable files) and, where it
helps, `drafts/` (scripted model answers). Standard library only, so that the sandbox EHR can serve
stories without the rest of the service.

`expected.toml` has `title`, `patient`, `story`, `summary_types`; `[[carries]]` tables of `kind`,
`fact`, `quote`, `source`; `[[must_not_state]]` tables of `fact`, `why` and, where the chart holds
the bait, its `quote` and `source`. Four lists of `"Type/id"` say what is wrong with the chart on
purpose: `withheld` (restricted by default), `not_evidence` (entered in error, preliminary,
replaced), `unreadable` (attachments), `dangling` (references that lead nowhere).
"""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

STORIES: Path = Path(__file__).resolve().parent

Resource = dict[str, Any]


class StoryNotFound(LookupError):
    """No story folder of that name."""


@dataclass(frozen=True)
class Story:
    """One synthetic patient: the EHR's side (`bundle`) and the reader's side (`expected`)."""

    name: str
    path: Path
    bundle: Resource
    expected: dict[str, Any]

    @cached_property
    def patient_ref(self) -> str:
        """The story's own patient as `"Patient/id"` (a bundle holds exactly one)."""
        (patient,) = self.of_type("Patient")
        return f"Patient/{patient['id']}"

    @cached_property
    def note_texts(self) -> dict[str, str]:
        """File name -> text of every note that is text (a PDF is left out)."""
        return {path.name: path.read_text(encoding="utf-8") for path in self._text_notes()}

    @cached_property
    def drafts(self) -> dict[str, dict[str, Any]]:
        """Scripted model answers by name, as in `drafts/good.json` -> `"good"`."""
        paths = sorted((self.path / "drafts").glob("*.json"))
        return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}

    @property
    def resources(self) -> list[Resource]:
        """Every resource of the bundle, in the order in which the bundle lists them."""
        return [entry["resource"] for entry in self.bundle["entry"]]

    def of_type(self, resource_type: str) -> list[Resource]:
        """The resources of one FHIR type."""
        return [r for r in self.resources if r["resourceType"] == resource_type]

    def resource(self, ref: str) -> Resource:
        """The resource behind `"Type/id"`; KeyError when the bundle does not hold it."""
        return {f"{r['resourceType']}/{r['id']}": r for r in self.resources}[ref]

    def _text_notes(self) -> Iterator[Path]:
        suffixes = {".txt", ".html", ".rtf", ".xml"}
        return (p for p in sorted((self.path / "notes").glob("*")) if p.suffix in suffixes)


def names() -> list[str]:
    """The names of all stories, sorted."""
    return sorted(path.parent.name for path in STORIES.glob("*/bundle.json"))


def story(name: str) -> Story:
    """Read one story from its folder; StoryNotFound when there is none of that name."""
    path = STORIES / name
    if name not in names():
        raise StoryNotFound(f"No story called {name!r}; there are: {', '.join(names())}.")
    bundle = json.loads((path / "bundle.json").read_text(encoding="utf-8"))
    expected = tomllib.loads((path / "expected.toml").read_text(encoding="utf-8"))
    return Story(name=name, path=path, bundle=bundle, expected=expected)
