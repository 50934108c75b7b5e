"""One provision of a Consent as a rule: whether it is about what is asked, and what it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from service.access.policy import Policy, Use, plain
from service.chart.models import SourceRecord
from service.chart.render.dates import instant
from service.fhir.references import reference_of, type_of

MAX_DEPTH = 20
_PERSONS = frozenset({"Practitioner", "Patient", "RelatedPerson"})
# v3-PurposeOfUse. An emergency (ETREAT) is no everyday treatment, and opens nothing here.
_PURPOSES = {
    Use.TREATMENT: frozenset({"TREAT", "CAREMGT", "COC"}),
    Use.AI: frozenset({"TREAT", "CAREMGT", "COC"}),
    Use.QUALITY: frozenset({"HQUALIMP", "HOPERAT"}),
    Use.OPERATIONS: frozenset({"HOPERAT"}),
}
_READING = frozenset({"access", "use"})  # R4 consentaction; an unknown action may be reading
_OTHER_ACTIONS = frozenset({"collect", "disclose", "correct"})


@dataclass(frozen=True)
class Asked:
    """What somebody wants to know of a consent. `labels` are those of the record, plain;
    `is_about_model` asks of models as such, whatever the record."""

    use: Use
    at: datetime
    policy: Policy
    record: SourceRecord | None = None
    labels: frozenset[str] = frozenset()
    reader: str | None = None
    is_about_model: bool = False

    def purposes(self) -> frozenset[str]:
        named = frozenset(map(plain, self.policy.ai_purposes))
        if self.is_about_model:
            return named
        return frozenset(map(plain, _PURPOSES[self.use])) | (
            named if self.use is Use.AI else frozenset()
        )


@dataclass(frozen=True)
class Provision:
    """`permits` is None where its type is not given. Empty conditions hold for everything."""

    permits: bool | None = None
    start: str = ""
    end: str = ""
    labels: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    actions: frozenset[str] = frozenset()
    actors: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    data: frozenset[str] = frozenset()
    since: str = ""
    until: str = ""
    is_understood: bool = True
    inner: tuple["Provision", ...] = ()

    def answer(
        self, asked: Asked, above: bool | None = None, is_named: bool = False
    ) -> bool | None:
        """True for permitted, False for denied, None where this says nothing of it.

        A permission counts where it, or what it stands in, names what it opens.
        """
        matches = self._matches(asked)
        if matches is False:
            return None
        verdict = self.permits if self.permits is not None else above
        is_named |= self._names(asked)
        answers = {each.answer(asked, verdict, is_named) for each in self.inner}
        if False in answers:
            return False
        if matches is True and (True in answers or (verdict is True and is_named)):
            return True
        return False if verdict is False else None

    def is_in_force(self, at: datetime) -> bool:
        return _holds_at(self.start, self.end, at)

    def in_force(self, at: datetime) -> tuple[Any, ...]:
        """Which of this and what stands in it are in force."""
        return (self.is_in_force(at), *(each.in_force(at) for each in self.inner))

    def without_permissions(self) -> "Provision":
        inner = tuple(each.without_permissions() for each in self.inner)
        return replace(self, permits=self.permits and None, inner=inner)

    def without_general_denials(self) -> "Provision":
        """What is denied of certain records, to certain people or for certain purposes; not what
        is denied of everything to everybody."""
        narrow = (self.labels, self.actors, self.classes, self.codes, self.data, self.purposes)
        if any((*narrow, self.since, self.until)) or not self.is_understood:
            return self
        inner = tuple(each.without_general_denials() for each in self.inner)
        return replace(self, permits=self.permits or None, inner=inner)

    def _names(self, asked: Asked) -> bool:
        if asked.is_about_model:
            return bool(self.purposes & asked.purposes())
        return bool(self.labels & asked.labels)

    def _matches(self, asked: Asked) -> bool | None:
        """Whether it is about this: yes, no, or None where that cannot be told."""
        answers = [
            self.is_in_force(asked.at),
            not self.purposes or bool(self.purposes & asked.purposes()),
            not self.labels or asked.is_about_model or bool(self.labels & asked.labels),
            not self.actions or bool(self.actions & _READING) or self._acts_otherwise(),
            self._is_reader(asked),
            *(self._is_record(asked.record) if asked.record is not None else ()),
            self.is_understood or None,
        ]
        if asked.is_about_model and not self.purposes:
            # What does not speak of models says nothing of them, but what stands in it may; and
            # who denies everything denies this.
            answers.append(bool(self.inner) or self._is_bare())
        return False if False in answers else (None if None in answers else True)

    def _is_bare(self) -> bool:
        narrow = (self.labels, self.actors, self.classes, self.codes, self.data, self.actions)
        return not any(narrow)

    def _acts_otherwise(self) -> bool | None:
        return False if self.actions <= _OTHER_ACTIONS else None

    def _is_reader(self, asked: Asked) -> bool | None:
        if not self.actors:
            return True
        if self.actors & {asked.reader, *asked.policy.institution}:
            return True
        persons = all(type_of(each) in _PERSONS for each in self.actors)
        known = persons or (asked.policy.institution and "" not in self.actors)
        return False if known and asked.reader else None

    def _is_record(self, record: SourceRecord) -> list[bool | None]:
        return [
            not self.classes
            or record.resource_type in self.classes
            or bool(self.classes & {_bare(record.code)})
            or (None if record.is_note else False),
            not self.codes or any(f'"{code}"' in (record.raw or "") for code in self.codes),
            not self.data or bool(self.data & _refs(record)) or ("" in self.data and None),
            _is_within(record.effective_at, self.since, self.until),
        ]


def provision_of(value: object, resolve: Callable[[str], str], depth: int = 0) -> Provision:
    """The provision of this element; one that is nested too deep counts as not understood."""
    told = value if isinstance(value, Mapping) else {}
    kind = {"permit": True, "deny": False}.get(str(told.get("type")))
    inner = [each for each in _list(told.get("provision")) if isinstance(each, Mapping)]
    is_deep = depth >= MAX_DEPTH and bool(inner)
    start, end = _period(told.get("period"))
    since, until = _period(told.get("dataPeriod"))
    return Provision(
        permits=kind,
        start=start,
        end=end,
        labels=_codes(told.get("securityLabel"), plain),
        purposes=_codes(told.get("purpose"), plain),
        actions=_codes(told.get("action")),
        actors=_references(told.get("actor"), resolve),
        classes=_codes(told.get("class")),
        codes=_codes(told.get("code")),
        data=_references(told.get("data"), resolve),
        since=since,
        until=until,
        is_understood=not (is_deep or told.get("modifierExtension")),
        inner=() if is_deep else tuple(provision_of(each, resolve, depth + 1) for each in inner),
    )


def _references(elements: object, resolve: Callable[[str], str]) -> frozenset[str]:
    """What actors or data point at; "" stands for one that is told in another way."""
    found = (reference_of(e.get("reference")) for e in _list(elements) if isinstance(e, Mapping))
    return frozenset(resolve(written) if written else "" for written in found)


def _codes(elements: object, fold: Callable[[str], str] = str) -> frozenset[str]:
    """Codes of Codings and CodeableConcepts alike; words where there is no code."""
    found = []
    for each in _list(elements):
        codings = [each, *_list(each.get("coding"))] if isinstance(each, Mapping) else []
        codes = [c["code"] for c in codings if isinstance(c, Mapping) and c.get("code")]
        found += codes or [str(each)]  # a condition that is not understood matches nothing
    return frozenset(fold(str(code)) for code in found)


def _period(value: object) -> tuple[str, str]:
    told = value if isinstance(value, Mapping) else {}
    return str(told.get("start") or ""), str(told.get("end") or "")


def _holds_at(start: str, end: str, at: datetime) -> bool:
    return _not_before(at, start) and _not_after(at, end)


def _is_within(at: datetime | None, start: str, end: str) -> bool | None:
    if not (start or end):
        return True
    return None if at is None else _holds_at(start, end, at)


def _not_before(at: datetime, start: str) -> bool:
    begins = instant(start) if len(start) > len("2026-01-01") else None
    return at >= begins if begins else f"{at:%Y-%m-%d}"[: len(start)] >= start[:10]


def _not_after(at: datetime, end: str) -> bool:
    """A day, month or year ends with its last moment."""
    ends = instant(end) if len(end) > len("2026-01-01") else None
    return at <= ends if ends else not end or f"{at:%Y-%m-%d}"[: len(end)] <= end[:10]


def _refs(record: SourceRecord) -> set[str]:
    return {record.resource_ref, record.encounter_ref or "", *(record.refers_to or {}).values()} - {
        ""
    }


def _bare(code: str | None) -> str:
    return (code or "").rpartition("|")[2]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value] if isinstance(value, Mapping) else []
