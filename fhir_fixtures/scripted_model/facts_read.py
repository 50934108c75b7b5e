"""A fact's line as a model understands it: its name, kind, standing, values and days."""

import re
from dataclasses import dataclass, replace

_LINE = re.compile(r"^(?P<name>[^()]+) \((?P<kind>[a-z-]+)\): (?P<said>.+)$")
_NOTHING = re.compile(r"no |an? ", re.IGNORECASE)  # "no known allergies" is told as it is
_DOSE = re.compile(r"^(?:up to )?\d[\d.,]* ?(?:mg|mcg|g|mL|units?)(?: per day)?$")
_LEVEL = re.compile(r"^[\d.,/]+ ?(?:%|[A-Za-z/0-9. µ]+)?$")
_OFTEN = re.compile(
    r"^(?:(?:once|twice|three times) (?:daily|a day)|daily|nightly|at bedtime|BID|TID|as needed"
    r"|every \d+ hours|in the (?:morning|evening)|a day)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Read:
    """A fact's line as a model understands it."""

    id: str
    name: str
    kind: str
    standing: str
    dose: str = ""
    often: str = ""
    level: str = ""
    since: str = ""
    until: str = ""
    told: str = ""


def read_fact(fact_id: str, line: str) -> Read | None:
    """None of a line that is a source's own sentence, or a conflict."""
    found = _LINE.match(line)
    if not found or "conflict:" in line or _NOTHING.match(found["name"]):
        return None
    standing, *rest = found["said"].split("; ")
    read = Read(fact_id, found["name"], found["kind"], standing)
    for said in rest:
        read = _with(read, said)
    return read


def _with(read: Read, said: str) -> Read:
    if said == "not to be given":
        return replace(read, standing="avoid")
    if said.startswith("since "):
        return replace(read, since=said.removeprefix("since "))
    if said.startswith("until "):
        return replace(read, until=said.removeprefix("until "))
    if said.startswith("last told "):
        return replace(read, told=said.removeprefix("last told "))
    if _DOSE.match(said) and not read.dose:
        return replace(read, dose=said)
    if _OFTEN.match(said) and not read.often:
        return replace(read, often=said)
    return replace(read, level=said) if _LEVEL.match(said) and not read.level else read
