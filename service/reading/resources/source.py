"""One resource beside its text: what its parts say, and where the text tells them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from service.chart.render import words
from service.chart.render.scene import Scene
from service.fhir.references import reference_of, type_of

Element = Mapping[str, Any]
Find = Callable[[str], Element | None]


@dataclass
class Source:
    """`find` gives what "Type/id" names, None where it is not held; `on` is the day of reading."""

    resource: Element
    text: str
    find: Find = lambda _ref: None
    on: str = ""

    @cached_property
    def scene(self) -> Scene:
        """Follows references, contained ones too."""
        return Scene(self.resource, find=self.find)

    @cached_property
    def headline(self) -> tuple[int, int]:
        end = self.text.find("\n")
        return 0, len(self.text) if end < 0 else end

    @cached_property
    def folded(self) -> str:
        """The text in lower case, character for character."""
        lowered = self.text.lower()
        return lowered if len(lowered) == len(self.text) else self.text

    def get(self, name: str) -> Any:
        return self.resource.get(name)

    def place(self, said: str, after: int = 0) -> tuple[int, int]:
        """Where the text says this, at or after a place; the whole headline where nowhere."""
        said = " ".join(said.split())
        at = self.folded.find(said.lower(), after) if said else -1
        return (at, at + len(said)) if at >= 0 else self.headline


def codes(value: object) -> Iterator[str]:
    """Every code of a CodeableConcept, Coding or code, then its displays and text; lower case."""
    if isinstance(value, str):
        yield value.strip().lower()
    for element in words.each(value):
        codings = words.each(element.get("coding")) or [element]
        yield from (c.lower() for each in codings if (c := words.text(each.get("code"))))
        yield from (d.lower() for each in codings if (d := words.text(each.get("display"))))
        if said := words.text(element.get("text")):
            yield said.lower()


def loincs(value: object) -> Iterator[str]:
    """The LOINC codes of a CodeableConcept."""
    for element in words.each(value):
        for coding in words.each(element.get("coding")):
            if "loinc" in words.text(coding.get("system")):
                yield words.text(coding.get("code"))


def kind_of(element: object) -> str:
    """The resource type that a Reference leads to, "" where it does not say."""
    one = words.first(element)
    return words.text(one.get("type")) or type_of(reference_of(one) or "")
