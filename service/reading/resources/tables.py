"""What codes and answers say, from data/: read once."""

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from service.reading.assertions import Act, Polarity, Time


class Doing(NamedTuple):
    """What a status says was done, when, and whether it was."""

    act: Act
    time: Time
    polarity: Polarity


@cache
def table(name: str) -> dict[str, Any]:
    """One TOML file of data/."""
    return tomllib.loads(files("service.reading.resources").joinpath("data", name).read_text())


def plain(text: str) -> str:
    """Lower case, marks as single spaces: the form in which words are looked up."""
    return " ".join(re.findall(r"\w+", text.casefold().replace("_", " ")))


@cache
def doing(kind: str, status: str) -> Doing | None:
    """What `status` says by the table `kind`; None for a code that is not in it."""
    found = table("statuses.toml")[kind].get(status)
    return Doing(Act(found[0]), Time(found[1]), Polarity(found[2])) if found else None


@cache
def intent(code: str) -> tuple[Act, Time] | None:
    """What an intent that is no order says; None for an order."""
    found = table("statuses.toml")["intents"].get(code)
    return (Act(found[0]), Time(found[1])) if found else None


@cache
def _answers() -> dict[str, Polarity]:
    given = table("statuses.toml")["answers"]
    told = (("yes", Polarity.AFFIRMED), ("no", Polarity.NEGATED), ("unknown", Polarity.UNKNOWN))
    return {word: polarity for name, polarity in told for word in given[name]}


@lru_cache(4096)
def answer(said: str) -> Polarity | None:
    """Yes, no or unknown, where an answer is no more than that; else None."""
    return _answers().get(plain(said)) if len(said) < 60 else None


def why_not(reason: str) -> Act:
    """Whether something was not done for refusal, hold or absence; NONE where that is not told."""
    return _why_not(reason[:200])


@lru_cache(4096)
def _why_not(reason: str) -> Act:
    said = f" {plain(reason)} "
    for kind, act in (("refusal", Act.DECLINED), ("missed", Act.MISSED), ("held", Act.HELD)):
        if any(f" {stem}" in said for stem in table("statuses.toml")[kind]["stems"]):
            return act
    return Act.NONE
