"""Facts told freely, as a model that writes for a reader does; and the same with one error each.

A fact's line ("lithium (medicine): current; 600 mg; at bedtime; since 2026-08-26; ...") is put into
one of several sentences, its dates written in one of several ways. What is false is made of a true
sentence, and differs from it in one thing only.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from fhir_fixtures.scripted_model.drafting import Said
from fhir_fixtures.scripted_model.evidence import Question
from fhir_fixtures.scripted_model.mistakes import Lie, Told

_LINE = re.compile(r"^(?P<name>[^()]+) \((?P<kind>[a-z-]+)\): (?P<said>.+)$")
_NOTHING = re.compile(r"no |an? ", re.IGNORECASE)  # "no known allergies" is told as it is
_DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_DOSE = re.compile(r"^(?:up to )?\d[\d.,]* ?(?:mg|mcg|g|mL|units?)(?: per day)?$")
_LEVEL = re.compile(r"^[\d.,/]+ ?(?:%|[A-Za-z/0-9. µ]+)?$")
_OFTEN = re.compile(
    r"^(?:(?:once|twice|three times) (?:daily|a day)|daily|nightly|at bedtime|BID|TID|as needed"
    r"|every \d+ hours|in the (?:morning|evening)|a day)$",
    re.IGNORECASE,
)
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
OTHER_MANNER = 100  # from this seed on
OVER = ("past", "refuted")
# Of which no story speaks.
STRANGERS = {"medicine": ("haloperidol", "warfarin"), "problem": ("epilepsy", "schizophrenia")}


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


# Another model's manner: written once the check was, and before the check was run on it.
_OTHER_WAYS: dict[str, tuple[str, ...]] = {
    "medicine False": (
        "Her present medication includes {name}, {dose} {often}.",
        "{name} was begun on {since} and is being continued.",
        "She is maintained on {name} ({dose}, {often}).",
        "At the moment {dose} of {name} is prescribed.",
        "{name} remains in use.",
    ),
    "medicine past": (
        "{name} has been discontinued.",
        "She used to take {name}.",
        "{name}, which she took before, is not part of her treatment now.",
        "Treatment with {name} came to an end in {until}.",
    ),
    "medicine refuted": ("She does not take {name}.", "{name} is not among her medicines."),
    "medicine avoid": ("{name} is contraindicated.", "She should not be given {name}."),
    "problem False": (
        "She has {name}.",
        "{name}, first noted {since}, is still current.",
        "Known for {name}.",
        "Ongoing conditions include {name}.",
    ),
    "problem past": (
        "She had {name} in earlier years.",
        "Previously: {name}.",
        "{name} has resolved.",
    ),
    "problem refuted": ("She does not have {name}.", "{name} has been excluded.", "No {name}."),
    "allergy False": ("{name} causes an allergic reaction.", "She cannot take {name}: allergic."),
    "measurement False": (
        "A {name} of {level} was obtained on {told}.",
        "Most recent {name}: {level} ({told}).",
        "The {name} result of {told} was {level}.",
        "{name} is currently {level}.",
    ),
    "score False": (
        "On the {name} she scored {level} ({told}).",
        "A {name} of {level} was recorded in {told}.",
        "Her latest {name} is {level}.",
    ),
    "procedure True": ("She underwent {name} on {told}.", "{name} was done ({told})."),
    "substance False": ("She uses {name}.", "There is ongoing use of {name}."),
    "substance True": ("She abstains from {name}.", "No {name}."),
}


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


def retold(read: Read, chance: Random, manner: int) -> str | None:
    """The fact in a sentence; None where this model has nothing to say of its kind."""
    every = _OTHER_WAYS if manner >= OTHER_MANNER else _WAYS
    over = read.standing in OVER
    ways = every.get(f"{read.kind} {read.standing}") or every.get(f"{read.kind} {over}")
    held = _held(read, chance)
    usable = [way for way in ways or () if all(held[name] for name in _PLACE.findall(way))]
    if not usable:
        return None
    text = chance.choice(usable).format(**held)
    return text[:1].upper() + text[1:]


def _held(read: Read, chance: Random) -> dict[str, str]:
    return {
        "name": read.name,
        "dose": read.dose,
        "often": read.often,
        "level": read.level,
        "told": _day(read.told, chance),
        "since": _day(read.since, chance),
        "until": _day(read.until, chance),
    }


def _day(iso: str, chance: Random) -> str:
    """A date as people write it."""
    found = _DAY.fullmatch(iso)
    if not found:
        return iso
    year, month, day = found[1], int(found[2]), int(found[3])
    name = MONTHS[month - 1]
    return chance.choice((iso, f"{day} {name} {year}", f"{name} {day}, {year}", f"{name} {year}"))


_PLACE = re.compile(r"\{([a-z]+)\}")
_WAYS: dict[str, tuple[str, ...]] = {
    "medicine False": (
        "The patient takes {name} {dose} {often}.",
        "The patient takes {name} {dose} {often} since {since}.",
        "{name} is part of the current regimen, {dose} {often}.",
        "Currently on {name} at {dose}.",
        "{name} {dose} continues.",
        "The patient takes {name}.",
    ),
    "medicine avoid": (
        "{name} is to be avoided.",
        "{name} must not be given.",
    ),
    "medicine refuted": (
        "{name} is not taken.",
        "The patient is not on {name}.",
    ),
    "medicine past": (
        "{name} is no longer taken.",
        "The patient is not on {name} any more.",
        "{name} is not being taken.",
        "{name} ended in {until}.",
    ),
    "problem False": (
        "There is a diagnosis of {name}.",
        "There is a diagnosis of {name} since {since}.",
        "The patient lives with {name}.",
        "{name} is an active problem.",
        "{name} has been known since {since}.",
    ),
    "problem past": (
        "{name} belongs to the past.",
        "There was {name} in the past.",
        "The patient has a history of {name}.",
    ),
    "problem refuted": (
        "There is no {name} at present.",
        "{name} is absent.",
        "No sign of {name} was found.",
    ),
    "allergy False": (
        "The patient is allergic to {name}.",
        "An allergy to {name} is on record.",
        "{name} must be avoided because of an allergy.",
    ),
    "measurement False": (
        "{name} was {level} on {told}.",
        "The latest {name} came back at {level}.",
        "On {told} the {name} stood at {level}.",
        "{name} measured {level} when last checked.",
    ),
    "score False": (
        "The {name} score was {level} on {told}.",
        "{name} totalled {level}.",
        "On {told} the patient scored {level} on the {name}.",
    ),
    "procedure True": (
        "{name} took place on {told}.",
        "The patient had {name}.",
    ),
    "substance False": (
        "{name} use continues.",
        "The patient uses {name}.",
    ),
    "substance True": (
        "The patient does not use {name}.",
        "No use of {name} at present.",
    ),
}


def retell(question: Question, seed: int) -> list[Said]:
    """As many facts as may be told, each in this model's own words."""
    found = (each for each, _ in _retold(question, seed))
    return [said for said, _ in zip(found, range(question.most), strict=False)]


def _retold(question: Question, seed: int) -> Iterator[tuple[Said, Read]]:
    for fact_id, line in question.facts:
        read = read_fact(fact_id, line)
        chance = Random(f"{seed}\0{line}")  # noqa: S311 - a script, not a secret
        text = retold(read, chance, seed) if read else None
        if read and text:
            yield Said(text, fact_id, ""), read


def misretold(question: Question, seed: int) -> Told:
    """The same facts with one error in each sentence that can have one."""
    told: list[Said] = []
    lies: list[Lie] = []
    all_read = [read for _, read in _retold(question, seed)]
    for said, read in _retold(question, seed):
        if len(told) == question.most:
            break
        chance = Random(f"error {seed}\0{said.text}")  # noqa: S311
        kind, text = _error(said.text, read, all_read, chance)
        told.append(replace(said, text=text))
        lies += [Lie(kind, text, said.text)] if kind else []
    return Told(tuple(told), tuple(lies))


def _error(text: str, read: Read, others: Sequence[Read], chance: Random) -> tuple[str, str]:
    """The kind of error and the sentence with it; "" and the sentence where none fits."""
    kinds = list(ERRORS)
    chance.shuffle(kinds)
    for kind in kinds:
        made = ERRORS[kind](text, read, others, chance)
        if made and made != text:
            return kind, made
    return "", text


def _other_dose(text: str, read: Read, _: Sequence[Read], chance: Random) -> str | None:
    if not read.dose or read.dose not in text:
        return None
    factor = chance.choice((0.5, 2.0, 10.0, 1.5))

    def other(found: re.Match[str]) -> str:
        return f"{float(found[0].replace(',', '')) * factor:g}"

    return text.replace(read.dose, re.sub(r"\d[\d,]*(?:\.\d+)?", other, read.dose, count=1))


def _other_value(text: str, read: Read, _: Sequence[Read], chance: Random) -> str | None:
    if not read.level or read.level not in text:
        return None
    digits = re.search(r"\d+(?:\.\d+)?", read.level)
    if not digits:
        return None
    other = float(digits[0]) + chance.choice((1, 2, -1, 0.3)) * max(1.0, float(digits[0]) // 5)
    return text.replace(read.level, read.level.replace(digits[0], f"{abs(other):g}", 1))


def _other_day(text: str, _: Read, __: Sequence[Read], chance: Random) -> str | None:
    """Another year, month or day."""
    found = _DAY.search(text)
    if found:
        day = f"{int(found[1]) - chance.choice((1, 2))}-{found[2]}-{found[3]}"
        return text.replace(found[0], day, 1)
    month = next((m for m in MONTHS if f"{m} " in text), None)
    if not month:
        return None
    other = MONTHS[(MONTHS.index(month) + chance.choice((3, 5, 7))) % 12]
    return text.replace(month, other, 1)


def _other_often(text: str, read: Read, _: Sequence[Read], chance: Random) -> str | None:
    if not read.often or read.often not in text:
        return None
    others = ("twice daily", "once weekly", "every 4 hours", "three times daily")
    return text.replace(read.often, chance.choice(others))


def _other_name(text: str, read: Read, others: Sequence[Read], chance: Random) -> str | None:
    """Another thing of the same kind, of this chart or of none."""
    names = [o.name for o in others if _is_other(o, read)]
    names += {
        "medicine": ["haloperidol", "warfarin"],
        "problem": ["epilepsy", "schizophrenia"],
    }.get(read.kind, [])
    if not names:
        return None
    name = chance.choice(names)
    return re.sub(re.escape(read.name), name, text, count=1, flags=re.IGNORECASE)


def _is_other(one: Read, read: Read) -> bool:
    """Of its kind, and with other values: of two with the same either is true."""
    same = (one.dose, one.often, one.level) == (read.dose, read.often, read.level)
    return one.kind == read.kind and one.name != read.name and not same


_TURNS = (
    ("Her present medication includes", "Her former medication included"),
    (" and is being continued", " and was stopped later"),
    ("She is maintained on", "She has come off"),
    (" is prescribed", " is no longer prescribed"),
    (" remains in use", " was given up"),
    (" has been discontinued", " has been resumed"),
    ("She used to take", "She takes"),
    (" is not part of her treatment now", " is part of her treatment now"),
    (" came to an end", " was begun"),
    ("She does not take", "She takes"),
    (" is not among her medicines", " is among her medicines"),
    (" is contraindicated", " is recommended"),
    ("should not be given", "should be given"),
    ("She has ", "She does not have "),
    (" is still current", " has resolved"),
    ("Known for", "Not known for"),
    ("Ongoing conditions include", "Resolved conditions include"),
    ("She had ", "She never had "),
    ("Previously:", "Now:"),
    (" has resolved", " persists"),
    ("She does not have", "She has"),
    (" has been excluded", " has been confirmed"),
    (" causes an allergic reaction", " causes no allergic reaction"),
    (": allergic", ": not allergic"),
    ("She uses", "She does not use"),
    ("There is ongoing use of", "There is no use of"),
    ("She abstains from", "She uses"),
    ("The patient takes", "The patient no longer takes"),
    (" is part of the current regimen", " is not part of the current regimen"),
    ("Currently on", "No longer on"),
    (" continues", " was stopped"),
    (" is no longer taken", " is taken"),
    (" is not on ", " is on "),
    (" is not being taken", " is being taken"),
    (" ended in ", " began in "),
    ("There is a diagnosis of", "There is no diagnosis of"),
    ("lives with", "does not have"),
    (" is an active problem", " has been ruled out"),
    (" belongs to the past", " is active now"),
    ("has a history of", "has no history of"),
    ("There is no ", "There is "),
    (" is absent", " is present"),
    ("No sign of", "Signs of"),
    ("is allergic to", "is not allergic to"),
    ("An allergy to", "No allergy to"),
    ("The patient uses", "The patient does not use"),
    ("does not use", "uses"),
    ("No use of", "Use of"),
)


def _turned(text: str, _: Read, __: Sequence[Read], ___: Random) -> str | None:
    return next((text.replace(was, now, 1) for was, now in _TURNS if was in text), None)


Error = Callable[[str, Read, Sequence[Read], Random], str | None]
ERRORS: dict[str, Error] = {
    "other-dose": _other_dose,
    "other-value": _other_value,
    "other-day": _other_day,
    "other-often": _other_often,
    "other-name": _other_name,
    "turned": _turned,
}
