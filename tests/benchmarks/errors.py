"""One error put into a true sentence: what a hurried or invented summary gets wrong."""

import random
import re
from collections.abc import Callable

Injector = Callable[[str, random.Random], str | None]

_DRUGS = (
    "sertraline",
    "citalopram",
    "lithium",
    "quetiapine",
    "metoprolol",
    "warfarin",
    "prednisone",
    "gabapentin",
    "clozapine",
    "amoxicillin",
    "metformin",
    "lorazepam",
)
_DRUG = re.compile(
    r"\b(?:sertraline|fluoxetine|lithium|quetiapine|prazosin|venlafaxine|risperidone|aripiprazole"
    r"|haloperidol|trazodone|bupropion|escitalopram|mirtazapine|lamotrigine|olanzapine|ibuprofen"
    r"|acetaminophen|amoxicillin|naproxen|lisinopril|metformin|simvastatin|hydrochlorothiazide"
    r"|oxycodone|naltrexone|buprenorphine|lorazepam|propranolol|hydroxyzine|cetirizine|melatonin"
    r"|fluticasone|albuterol|amlodipine|clopidogrel|nitroglycerin|methotrexate)\b",
    re.IGNORECASE,
)
_DOSE = re.compile(r"(?<![\d.-])(\d+(?:\.\d+)?)(?= ?(?:mg|mcg|g|mL|units?)\b)", re.IGNORECASE)
_UNIT = re.compile(r"(?<=\d)( ?)(mg|mcg|g|mL|mmol/L|mg/dL)(?![\w/])", re.IGNORECASE)
_UNITS = {"mg": "mcg", "mcg": "mg", "g": "mg", "ml": "mg", "mmol/l": "mg/dL", "mg/dl": "mmol/L"}
_OFTEN = (
    "once daily",
    "twice daily",
    "three times daily",
    "at bedtime",
    "every morning",
    "once a week",
    "every 4 hours",
    "every other day",
)
_HOW_OFTEN = re.compile(
    r"\b(?:once daily|twice daily|twice a day|once a day|nightly|daily|BID|TID|at bedtime|qHS"
    r"|weekly|monthly|every morning|[234] times daily|every \d+ hours|as needed)\b",
    re.IGNORECASE,
)
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_US = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
_NUMBER = re.compile(r"(?<![\w./:-])(\d{1,3}(?:\.\d+)?)(?![\w./:-]|\s?(?:mg|mcg|g|mL|%))", re.I)
_SUBJECTS = ("mother", "father", "sister", "brother", "wife", "husband", "partner", "son")
_SUBJECT = re.compile(rf"\b(?:{'|'.join(_SUBJECTS)}|daughter|aunt|uncle)\b", re.IGNORECASE)
_NAME = re.compile(r"(?<=\b(?:Dr|Mr|Ms)\. )[A-Z][a-z]+(?: [A-Z][a-z]+)?|(?<=Mrs\. )[A-Z][a-z]+")
_NAMES = ("Quillfeather", "Abernathy", "Oyelaran", "Brandvold", "Castellanos", "Thistlewood")
_NEW = (
    "schizophrenia",
    "epilepsy",
    "bipolar disorder",
    "type 1 diabetes",
    "multiple sclerosis",
    "cirrhosis",
    "Parkinson disease",
    "hepatitis C",
    "anorexia nervosa",
    "lupus",
    "endocarditis",
    "breast cancer",
    "borderline personality disorder",
    "ulcerative colitis",
)
_OPPOSED = (
    ("started", "stopped"),
    ("active", "stopped"),
    ("increased", "decreased"),
    ("continue", "discontinue"),
    ("completed", "active"),
    ("raised", "lowered"),
    ("held", "continued"),
    ("raise", "lower"),
    ("refused", "accepted"),
    ("stop", "start"),
    ("improved", "worsened"),
    ("resolved", "active"),
    ("increase", "reduce"),
    ("better", "worse"),
)
_TURNED = (
    (r"\b[Dd]enies\b", "reports"),
    (r"\b[Dd]enied\b", "reported"),
    (r"\b[Nn]o (?=[a-z])", ""),
    (r"\bNot ", ""),
    (r"\b[Rr]eports (?!no\b|that\b)", "denies "),
    (r"\bwithout\b", "with"),
    (r" (?:is|was) (?!not)", " is not "),
    (r"\b[Hh]as (?!no\b|not\b|been\b)", "has no "),
)
_WHEN = (
    ("history of", "current"),
    ("since", "until"),
    ("before", "after"),
    ("yesterday", "last month"),
    ("current", "past"),
    ("currently", "formerly"),
    ("last week", "last year"),
    ("weeks", "months"),
    ("months", "years"),
    ("days", "weeks"),
    ("morning", "evening"),
    ("today", "last year"),
)


def drug(text: str, rng: random.Random) -> str | None:
    return _swap(text, _DRUG, lambda m: _other(_DRUGS, m[0], rng), rng)


def dose(text: str, rng: random.Random) -> str | None:
    return _swap(text, _DOSE, lambda m: _number(m[1], rng), rng)


def unit(text: str, rng: random.Random) -> str | None:
    return _swap(text, _UNIT, lambda m: m[1] + _UNITS[m[2].lower()], rng)


def frequency(text: str, rng: random.Random) -> str | None:
    return _swap(text, _HOW_OFTEN, lambda m: _often(m[0], rng), rng)


def date(text: str, rng: random.Random) -> str | None:
    iso = _swap(text, _ISO, lambda m: f"{_year(m[1], rng)}-{m[2]}-{m[3]}", rng)
    return iso or _swap(text, _US, lambda m: f"{m[1]}/{m[2]}/{_year(m[3], rng)}", rng)


def number(text: str, rng: random.Random) -> str | None:
    return _swap(text, _NUMBER, lambda m: _number(m[1], rng), rng)


def polarity(text: str, rng: random.Random) -> str | None:
    for pattern, instead in _TURNED:
        found = list(re.finditer(pattern, text))
        if found:
            m = rng.choice(found)
            return text[: m.start()] + instead + text[m.end() :]
    return None


def subject(text: str, rng: random.Random) -> str | None:
    swapped = _swap(text, _SUBJECT, lambda m: _other(_SUBJECTS, m[0], rng), rng)
    told = re.search(r"\b[Pp]atient (?=has|had|is|was|reports|takes|denies|currently)", text)
    if swapped is None and told:
        return text[: told.start()] + f"Patient's {rng.choice(_SUBJECTS)} " + text[told.end() :]
    return swapped


def laterality(text: str, rng: random.Random) -> str | None:
    return _trade(text, (("left", "right"),), rng)


def status(text: str, rng: random.Random) -> str | None:
    return _trade(text, _OPPOSED, rng)


def time(text: str, rng: random.Random) -> str | None:
    return _trade(text, _WHEN, rng)


def name(text: str, rng: random.Random) -> str | None:
    return _swap(text, _NAME, lambda m: rng.choice(_NAMES), rng)


def diagnosis(text: str, rng: random.Random) -> str | None:
    new = rng.choice([each for each in _NEW if each.lower() not in text.lower()])
    body = text.rstrip(" .")
    return rng.choice(
        [
            f"{body}, and has {new}.",
            f"{body}; {new}.",
            f"Has {new}. {text}",
            f"{body}; known {new}.",
        ]
    )


KINDS: dict[str, Injector] = {
    "drug": drug,
    "dose": dose,
    "unit": unit,
    "frequency": frequency,
    "date": date,
    "number": number,
    "polarity": polarity,
    "subject": subject,
    "time": time,
    "laterality": laterality,
    "status": status,
    "name": name,
    "invented diagnosis": diagnosis,
}


def _swap(
    text: str, pattern: re.Pattern[str], make: Callable[[re.Match[str]], str], rng: random.Random
) -> str | None:
    found = list(pattern.finditer(text))
    if not found:
        return None
    match = rng.choice(found)
    return text[: match.start()] + make(match) + text[match.end() :]


def _trade(text: str, pairs: tuple[tuple[str, str], ...], rng: random.Random) -> str | None:
    ways = [(a, b) for pair in pairs for a, b in (pair, pair[::-1])]
    possible = [(m, b) for a, b in ways for m in re.finditer(rf"\b{a}\b", text, re.IGNORECASE)]
    if not possible:
        return None
    match, instead = rng.choice(possible)
    return text[: match.start()] + instead + text[match.end() :]


def _other(words: tuple[str, ...], word: str, rng: random.Random) -> str:
    return rng.choice([each for each in words if each != word.lower()])


def _often(said: str, rng: random.Random) -> str:
    """Not one that could be the same thing said otherwise ("daily", "every morning")."""
    daily = {"daily", "nightly", "at bedtime", "qhs", "every morning", "once daily", "once a day"}
    twice = {"bid", "twice daily", "twice a day", "2 times daily", "every 12 hours"}
    thrice = {"tid", "three times daily", "3 times daily", "every 8 hours"}
    weekly = {"weekly", "once a week"}
    same = next(
        (each for each in (daily, twice, thrice, weekly) if said.lower() in each), {said.lower()}
    )
    return rng.choice([each for each in _OFTEN if each not in same])


def _number(digits: str, rng: random.Random) -> str:
    value = float(digits)
    chosen = rng.choice(
        [value * 2, value * 10, value + 1, value + 7, value / 2 if value > 2 else 5]
    )
    text = f"{chosen:g}"
    return text if text != f"{value:g}" else f"{value + 3:g}"


def _year(year: str, rng: random.Random) -> str:
    return str(int(year) + rng.choice([-7, -3, -1, 1, 2]))
