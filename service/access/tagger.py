"""Which unlabelled notes look like psychotherapy or substance use treatment notes, and why."""

import hashlib
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from service.access.policy import Kind
from service.access.rules import OPENING_CHARS, compiled, says_so, visible

MAX_KEPT = 50_000  # answers of a process: a chart is decided again for each page of it

Tag = tuple[Kind, str]


@dataclass(frozen=True)
class Signal:
    """Something about a note that speaks for one kind, or against it with a weight below 0."""

    kind: Kind
    says: str
    weight: int
    where: frozenset[str]
    phrase: re.Pattern[str]
    unless: re.Pattern[str] | None

    def is_in(self, places: dict[str, str]) -> bool:
        return any(says_so(self.phrase, self.unless, places[name]) for name in self.where)


@dataclass(frozen=True)
class Tagger:
    """Every signal, and how much of one kind withholds a note."""

    version: int
    threshold: int
    signals: tuple[Signal, ...]

    def tags(self, names: list[str], role: str, text: str) -> tuple[Tag, ...]:
        """The kinds that the note looks like, each with what it was told by."""
        body = visible(text)
        places = {
            "title": visible("\n".join(names)),
            "role": visible(role),
            "opening": body[:OPENING_CHARS],
            "text": body,
        }
        seen = [signal for signal in self.signals if signal.is_in(places)]
        return tuple(
            (kind, "; ".join(s.says for s in seen if s.kind is kind and s.weight > 0))
            for kind in dict.fromkeys(s.kind for s in seen)
            if sum(s.weight for s in seen if s.kind is kind) >= self.threshold
        )


@cache
def tagger_in_force() -> Tagger:
    """The signals of `tagger.toml`, compiled once."""
    told = tomllib.loads(files("service.access").joinpath("tagger.toml").read_text("utf-8"))
    signals = tuple(
        Signal(
            Kind(each["kind"]),
            each["says"],
            each["weight"],
            frozenset(each["where"]),
            compiled(each["phrase"]),
            compiled(each["unless"]) if "unless" in each else None,
        )
        for each in told["signals"]
    )
    return Tagger(told["version"], told["threshold"], signals)


_kept: dict[bytes, tuple[Tag, ...]] = {}


def tags_of(names: list[str], role: str, text: str) -> tuple[Tag, ...]:
    """As Tagger.tags, remembered by a hash of what was asked."""
    asked = repr((names, role, text)).encode("utf-8", "surrogatepass")
    key = hashlib.blake2b(asked, digest_size=16).digest()
    if key not in _kept:
        if len(_kept) >= MAX_KEPT:
            _kept.clear()
        _kept[key] = tagger_in_force().tags(names, role, text)
    return _kept[key]
