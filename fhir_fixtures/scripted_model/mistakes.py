"""What models get wrong, made on purpose: one falsehood a section, and a note of what it was."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from fhir_fixtures.scripted_model.drafting import Said
from fhir_fixtures.scripted_model.evidence import Question

Chance = Random
NO_SUCH_ID = "E999"


@dataclass(frozen=True)
class Lie:
    """What was falsified: the statement as told ("" when it was left out) and as it was true."""

    kind: str
    said: str
    truth: str


@dataclass(frozen=True)
class Told:
    """A section as it is answered, and what in it is false."""

    statements: tuple[Said, ...]
    lies: tuple[Lie, ...] = ()


Mistake = Callable[[tuple[Said, ...], Question, Chance], Told]

_DOSE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)(\s?(?:mg|mcg|g|mL|units?|tablets?|mmol/L|mEq/L)\b)")
_FLIPS = (
    (r"\bDenies\b", "Endorses"),
    (r"\bdenies\b", "endorses"),
    (r"\bdenied\b", "endorsed"),
    (r"\bEndorses\b", "Denies"),
    (r"\bendorses\b", "denies"),
    (r"\bReports\b", "Denies"),
    (r"\breports\b", "denies"),
    (r"\bNo (?=[a-z])", "Has "),
    (r"\bno (?=[a-z])", ""),
    (r"\bnot (?=[a-z])", ""),
    (r"\bwithout\b", "with"),
    (r"\bnegative\b", "positive"),
    (r"\bis (?=[a-z])", "is not "),
    (r"\bwas (?=[a-z])", "was not "),
    (r"\bTakes\b", "Never takes"),
    (r"\bactive, (?=[a-z]*confirmed)", "refuted, un"),
    (r"\bhas (?=[a-z])", "has no "),
)
_DIAGNOSES = (
    "schizophrenia",
    "bipolar I disorder",
    "borderline personality disorder",
    "type 2 diabetes",
    "opioid use disorder",
    "dementia",
    "epilepsy",
    "post-traumatic stress disorder",
    "autism spectrum disorder",
    "chronic kidney disease",
)
_PEOPLE = (
    "Harold Vance",
    "Priya Raman",
    "Walter Szymanski",
    "Consuela Ibarra",
    "Tobias Lindgren",
)
_ELSEWHERE = (
    "La patiente se porte mieux et dort bien.",
    "Der Patient nimmt keine Medikamente ein.",
    "El paciente niega ideación suicida.",
    "Il paziente ha interrotto la terapia.",
    "患者は自殺念慮を否定している。",
    "Patientens allergier är inte kända.",
)
_ALLERGY = re.compile(r"allerg|anaphyla|penicillin|hives", re.IGNORECASE)
_SWAPS = {
    "daily": "weekly",
    "left": "right",
    "right": "left",
    "mother": "father",
    "father": "mother",
    "sister": "brother",
    "morning": "evening",
    "week": "month",
    "month": "year",
    "better": "worse",
    "improved": "worsened",
    "started": "stopped",
    "stopped": "started",
    "increase": "decrease",
    "increased": "decreased",
    "mild": "severe",
    "moderate": "severe",
    "severe": "mild",
    "good": "poor",
    "normal": "abnormal",
    "passive": "active",
}


def wrong_dose(statements: tuple[Said, ...], _: Question, chance: Chance) -> Told:
    """A dose doubled, or a decimal place off; the quote stays right."""

    def other(text: str) -> str:
        factor = chance.choice((2.0, 0.5, 10.0, 0.1))
        return _DOSE.sub(lambda m: f"{float(m[1]) * factor:g}{m[2]}", text, count=1)

    return _reworded("wrong-dose", statements, other, chance)


def flipped_polarity(statements: tuple[Said, ...], _: Question, chance: Chance) -> Told:
    """What was denied is affirmed, or the reverse; the quote stays right."""
    flips = list(_FLIPS)
    chance.shuffle(flips)

    def other(text: str) -> str:
        made = (re.sub(was, now, text, count=1) for was, now in flips)
        return next((each for each in made if each != text), text)

    return _reworded("flipped-polarity", statements, other, chance)


def invented_diagnosis(statements: tuple[Said, ...], asked: Question, chance: Chance) -> Told:
    """A diagnosis of which the evidence says nothing, hung on a real quote."""
    held = " ".join(shown.text for shown in asked.shown).casefold()
    names = [name for name in _DIAGNOSES if name.split()[0].casefold() not in held]
    if not statements or not names:
        return Told(statements)
    name = chance.choice(names)
    at = chance.randrange(len(statements))
    plain = statements[at].text.rstrip(".;")
    text = chance.choice((f"{plain}, consistent with {name}.", f"The patient has {name}."))
    return _replaced("invented-diagnosis", statements, at, text)


def dropped_allergy(statements: tuple[Said, ...], _: Question, chance: Chance) -> Told:
    """Nothing on allergies is told."""
    del chance
    kept = tuple(s for s in statements if not _ALLERGY.search(s.quote))
    gone = [s for s in statements if _ALLERGY.search(s.quote)]
    return Told(kept, tuple(Lie("dropped-allergy", "", s.quote) for s in gone[:1]))


def other_patient(statements: tuple[Said, ...], _: Question, chance: Chance) -> Told:
    """A sentence on somebody else, hung on a real quote."""
    if not statements:
        return Told(statements)
    at, name = chance.randrange(len(statements)), chance.choice(_PEOPLE)
    text = statements[at].text
    text = chance.choice((f"{name}: {text}", f"{name} {text[:1].lower()}{text[1:]}"))
    return _replaced("other-patient", statements, at, text)


def made_up_citation(statements: tuple[Said, ...], _: Question, chance: Chance) -> Told:
    """A sentence with a source that does not exist."""
    name = chance.choice(("clozapine 200 mg nightly", "electroconvulsive therapy", "methadone"))
    made = Said(f"Started on {name}.", NO_SUCH_ID, f"Started on {name}.")
    return Told((*statements, made), (Lie("made-up-citation", made.text, ""),))


def altered_quote(statements: tuple[Said, ...], _: Question, chance: Chance) -> Told:
    """One word of a sentence changed, and the quote changed with it."""
    for at in _in_any_order(statements, chance):
        said = statements[at]
        for was, now in _SWAPS.items():
            text = re.sub(rf"\b{was}\b", now, said.text, count=1)
            quote = re.sub(rf"\b{was}\b", now, said.quote, count=1)
            if text != said.text and quote != said.quote:
                return _replaced("altered-quote", statements, at, text, quote)
    return Told(statements)


def wrong_language(statements: tuple[Said, ...], _: Question, chance: Chance) -> Told:
    """A sentence in another language than the chart's, hung on a real quote."""
    if not statements:
        return Told(statements)
    at = chance.randrange(len(statements))
    return _replaced("wrong-language", statements, at, chance.choice(_ELSEWHERE))


def uncited(statements: tuple[Said, ...], _: Question, chance: Chance) -> Told:
    """A false sentence with no source at all."""
    made = f"The patient has a history of {chance.choice(_DIAGNOSES)}."
    return Told((*statements, Said(made, "", "", cited=False)), (Lie("uncited", made, ""),))


def _reworded(
    kind: str, statements: tuple[Said, ...], other: Callable[[str], str], chance: Chance
) -> Told:
    """One of the statements that can be falsified in this way is."""
    for at in _in_any_order(statements, chance):
        text = other(statements[at].text)
        if text != statements[at].text:
            return _replaced(kind, statements, at, text)
    return Told(statements)


def _in_any_order(statements: tuple[Said, ...], chance: Chance) -> list[int]:
    return chance.sample(range(len(statements)), len(statements))


def _replaced(
    kind: str, statements: tuple[Said, ...], at: int, text: str, quote: str | None = None
) -> Told:
    """The section with this statement falsified; its quote stays right unless one is given."""
    true = statements[at]
    put = replace(true, text=text, quote=true.quote if quote is None else quote)
    return Told((*statements[:at], put, *statements[at + 1 :]), (Lie(kind, text, true.quote),))


MISTAKES: dict[str, Mistake] = {
    "wrong-dose": wrong_dose,
    "flipped-polarity": flipped_polarity,
    "invented-diagnosis": invented_diagnosis,
    "dropped-allergy": dropped_allergy,
    "other-patient": other_patient,
    "made-up-citation": made_up_citation,
    "altered-quote": altered_quote,
    "wrong-language": wrong_language,
    "uncited": uncited,
}
