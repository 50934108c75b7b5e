"""The site's policy on security labels: what may be done with what carries them."""

import re
import tomllib
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from service.errors import WrongSetting
from service.settings import load_settings


class Kind(StrEnum):
    """Why a record is restricted."""

    ORDINARY = "ordinary"
    PSYCHOTHERAPY = "psychotherapy"
    PART_2 = "part-2"
    VERY_RESTRICTED = "very-restricted"
    SENSITIVE = "sensitive"
    UNKNOWN = "unknown"


class Use(StrEnum):
    """What a record is used for."""

    TREATMENT = "treatment"
    QUALITY = "quality"
    OPERATIONS = "operations"
    AI = "ai"


class Verdict(StrEnum):
    """What the policy says of a label for one use, mildest first."""

    USE = "use"
    INSIDE = "inside"  # never to a model outside the institution
    CONSENT = "consent"  # withheld until a Consent of the patient permits it
    WITHHOLD = "withhold"


# What its own words say of an unlabelled note counts as the label that it should have had.
LABEL_OF = {Kind.PSYCHOTHERAPY: "PSYTHPN", Kind.PART_2: "42CFRPart2"}


@dataclass(frozen=True)
class Rule:
    """One rule of the policy. `name` says to people which labels it is about."""

    name: str
    codes: tuple[str, ...]
    kind: Kind
    verdicts: dict[Use, Verdict]
    reason: str

    def matches(self, label: str) -> bool:
        theirs = plain(label)
        return any(
            theirs.startswith(plain(code)) if code.endswith("*") else theirs == plain(code)
            for code in self.codes
        )


@dataclass(frozen=True)
class Policy:
    """Every rule in force, the site's before those that ship with the product.

    `fingerprint` is another number for every other policy.
    """

    version: str
    rules: tuple[Rule, ...]
    model_is_outside: bool
    ai_needs_consent: bool
    ai_purposes: tuple[str, ...]
    institution: tuple[str, ...]
    released: frozenset[str]
    fingerprint: int
    _found: dict[str, Rule] = field(default_factory=dict, compare=False)

    def rule_of(self, label: str) -> Rule:
        """The first rule that names this label; one names whatever no other does."""
        if label not in self._found:
            self._found[label] = next(rule for rule in self.rules if rule.matches(label))
        return self._found[label]

    def printable(self) -> list[str]:
        """One line a rule, as `doctor` prints it."""
        where = "outside" if self.model_is_outside else "inside"
        asked = "only with a consent that names it" if self.ai_needs_consent else "unless denied"
        lines = [
            f"version {self.version}; the model runs {where} the institution",
            f"a model is asked about a patient {asked}",
        ]
        for rule in self.rules:
            told = ", ".join(f"{use} {verdict}" for use, verdict in rule.verdicts.items())
            lines.append(f"{rule.name} ({' '.join(rule.codes)}): {told}")
        return lines


@cache
def policy_in_force() -> Policy:
    """The policy of COUNTERSIGN_ACCESS_POLICY before the shipped one. Raises WrongSetting."""
    shipped = files("service.access").joinpath("policy.toml").read_text("utf-8")
    path = load_settings().access_policy
    return policy_of(shipped, _read(path) if path else None)


def policy_of(shipped: str, site: str | None = None) -> Policy:
    """The policy of these TOML texts. Raises WrongSetting naming what is not understood."""
    told = [_parsed(text) for text in (site, shipped) if text is not None]
    rules = tuple(rule for one in told for rule in _rules(one))

    def set_first(name: str) -> Any:
        return next(one[name] for one in told if name in one)

    versions = [str(one.get("version", "?")) for one in told]
    version = f"site {versions[0]} over {versions[1]}" if site is not None else versions[0]
    fingerprint = zlib.crc32((site or "").encode() + shipped.encode()) & 0x7FFFFFFF
    return Policy(
        version,
        rules,
        model_is_outside=set_first("model_is_outside") is not False,
        ai_needs_consent=set_first("ai_needs_consent") is not False,
        ai_purposes=tuple(set_first("ai_purposes")),
        institution=tuple(set_first("institution")),
        released=frozenset(set_first("released")),
        fingerprint=fingerprint,
    )


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeError):
        raise WrongSetting(
            f"COUNTERSIGN_ACCESS_POLICY names {path}, which cannot be read."
        ) from None


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WrongSetting(f"COUNTERSIGN_ACCESS_POLICY is not TOML: {error}.") from None


def _rules(told: dict[str, Any]) -> Iterable[Rule]:
    for rule in told.get("rules", ()):
        try:
            verdicts = {use: Verdict(rule[use]) for use in Use}
            kind = Kind(rule.get("kind", Kind.UNKNOWN))
            yield Rule(rule["name"], tuple(rule["codes"]), kind, verdicts, rule.get("reason", ""))
        except (KeyError, ValueError, TypeError) as error:
            named = rule.get("name", "?") if isinstance(rule, dict) else "?"
            raise WrongSetting(
                f"COUNTERSIGN_ACCESS_POLICY: the rule {named} lacks or mistakes {error}. Give it a "
                "name, codes, and use, inside, consent or withhold for each of "
                + ", ".join(Use)
                + "."
            ) from None


def plain(code: str) -> str:
    """The code without case and punctuation, as codes are compared."""
    return re.sub(r"[^a-z0-9]", "", code.casefold())
