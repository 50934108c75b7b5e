"""What a renderer sees: one resource, and the others that it points at, where they are held."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from service.chart.gaps import GapKind, gap
from service.chart.render import words
from service.fhir.references import contained, reference_of, type_of

Resource = Mapping[str, Any]


@dataclass
class Scene:
    """One resource to render. `find` gives what a resolved "Type/id" names, None if not held."""

    resource: Resource
    resolve: Callable[[str], str] = lambda written: written
    find: Callable[[str], Resource | None] = lambda _ref: None
    gaps: list[dict[str, Any]] = field(default_factory=list)

    def get(self, name: str) -> Any:
        return self.resource.get(name)

    def target(self, element: object) -> Resource | None:
        """The resource behind a Reference element, contained or held."""
        reference = reference_of(element)
        if reference is None:
            return None
        if reference.startswith("#"):
            return contained(self.resource, reference)
        return self.find(self.resolve(reference))

    def targets(self, elements: object) -> Iterator[tuple[Mapping[str, Any], Resource | None]]:
        """Each Reference element with what it leads to."""
        for element in words.each(elements):
            yield element, self.target(element)

    def ref(self, element: object) -> str | None:
        """ "Type/id" of a Reference element to a record (not to a contained resource)."""
        reference = reference_of(words.first(element))
        if reference is None or reference.startswith("#"):
            return None
        return self.resolve(reference)

    def name(self, element: object) -> str:
        """Who or what a Reference means: its display, the held name, an identifier, its type."""
        one = words.first(element)
        if display := words.text(one.get("display")):
            return words.untagged(display)
        if (found := self.target(one)) and (name := name_of(found, self)):
            return name
        identifier = words.first(one.get("identifier"))
        kind = words.text(one.get("type")) or type_of(reference_of(one) or "")
        return words.text(identifier.get("value")) or (f"(a {kind})" if kind else "")

    def names(self, elements: object) -> str:
        return words.joined(self.name(element) for element in words.each(elements))

    def role(self, element: object) -> str:
        """What a person is: from a PractitionerRole, a qualification, or a relation."""
        found = self.target(words.first(element))
        return role_of(found) if found is not None else ""

    def note_gap(self, kind: GapKind, reason: str) -> None:
        self.gaps.append(gap(kind, reason))


def name_of(resource: Resource, scene: Scene) -> str:
    """The name that a held resource goes by."""
    kind = resource.get("resourceType")
    if kind == "PractitionerRole":
        inner = Scene(resource, scene.resolve, scene.find)
        return inner.name(resource.get("practitioner")) or inner.name(resource.get("organization"))
    if kind in ("Practitioner", "Patient", "RelatedPerson", "Person"):
        return words.person_name(resource.get("name"))
    if kind == "Device":
        device = words.first(resource.get("deviceName"))
        return words.text(device.get("name")) or words.concept(resource.get("type"))
    for element in ("name", "title"):
        if name := words.text(resource.get(element)):
            return name
    return words.concept(resource.get("code")) or words.concepts(resource.get("type"))


def role_of(resource: Resource) -> str:
    kind = resource.get("resourceType")
    if kind == "PractitionerRole":
        return words.concepts(resource.get("code")) or words.concepts(resource.get("specialty"))
    if kind == "Practitioner":
        qualified = words.each(resource.get("qualification"))
        return words.joined(words.concept(q.get("code")) for q in qualified)
    if kind == "RelatedPerson":
        return words.concepts(resource.get("relationship")) or "related person"
    return "patient" if kind == "Patient" else ""
