"""The same sentences with one error in each that can have one: another dose, day or name.

What is false is made of a true sentence, and differs from it in one thing only.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from fhir_fixtures.scripted_model.drafting import Said
from fhir_fixtures.scripted_model.evidence import Question
from fhir_fixtures.scripted_model.facts_read import Read
from fhir_fixtures.scripted_model.mistakes import Lie, Told
from fhir_fixtures.scripted_model.retelling import DAY, MONTHS, told_of

# Of which no story speaks.
STRANGERS = {"medicine": ("haloperidol", "warfarin"), "problem": ("epilepsy", "schizophrenia")}


def misretold(question: Question, seed: int) -> Told:
    """The same facts with one error in each sentence that can have one."""
    told: list[Said] = []
    lies: list[Lie] = []
    all_read = [read for _, read in told_of(question, seed)]
    for said, read in told_of(question, seed):
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
    found = DAY.search(text)
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
    names += STRANGERS.get(read.kind, ())
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
