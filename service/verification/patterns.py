"""How dates, quantities, frequencies and sides are written."""

import re

MONTH_NAMES = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
MONTHS = {name: number for number, name in enumerate(MONTH_NAMES.split("|"), 1)}
_MONTH = rf"({MONTH_NAMES})[a-z]*\.?"

# Each shape names the groups in order: y, m, d as numbers, M as a month's name.
DATES = (
    ("ymd", re.compile(r"\b(\d{4})-(\d{2})(?:-(\d{2}))?(?:T[\d:.+Z-]+)?\b")),
    ("mdy", re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})\b")),
    ("my", re.compile(r"(?<![\d/])(\d{1,2})/((?:19|20)\d{2})\b")),
    ("Mdy", re.compile(rf"\b{_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b", re.I)),
    ("dMy", re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH},?\s+(\d{{4}})\b", re.I)),
    ("My", re.compile(rf"\b{_MONTH}\s+(\d{{4}})\b", re.I)),
    ("y", re.compile(r"(?<![\d/.])((?:19|20)\d{2})(?!\d|[/.]\d|\s*(?:mg|mcg|ml|units?|kcal|cc)\b)",
                     re.I)),
)  # fmt: skip

# Each unit as (what it measures, how many of the plain unit).
_UNIT_WORDS = {
    ("mass", 1.0): "mg milligram milligrams", ("mass", 1e3): "g gram grams",
    ("mass", 1e-3): "mcg µg ug microgram micrograms", ("weight", 1.0): "kg",
    ("weight", 0.45359): "lb lbs", ("volume", 1.0): "ml", ("volume", 1e3): "l",
    ("units", 1.0): "unit units", ("percent", 1.0): "%",
    ("hours", 1.0): "h hr hrs hour hours", ("days", 1.0): "day days",
    ("days", 7.0): "wk wks week weeks", ("months", 1.0): "mo month months",
    ("months", 12.0): "yr yrs year years", ("mmol/l", 1.0): "mmol/l", ("meq/l", 1.0): "meq/l",
    ("mg/dl", 1.0): "mg/dl",
}  # fmt: skip
UNITS = {name: unit for unit, names in _UNIT_WORDS.items() for name in names.split()}
_UNIT_NAMES = "|".join(re.escape(name) for name in sorted(UNITS, key=len, reverse=True))

NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
QUANTITY = re.compile(rf"(?<![\w.])({NUMBER})\s?-?({_UNIT_NAMES})(?![\w/])", re.IGNORECASE)
# Not the 9 of PHQ-9; 124/78 and 6/9 are one value of two numbers.
BARE = re.compile(rf"(?<![\w.])(?<![A-Za-z]-)({NUMBER})(?:\s?/\s?({NUMBER}))?(?![\w]|\.\d)")

_NUMBER_WORDS = "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
NUMBER_WORDS = {word: str(number) for number, word in enumerate(_NUMBER_WORDS.split("|"))}
NUMBER_WORD = re.compile(rf"\b({_NUMBER_WORDS})\b", re.IGNORECASE)

_FREQUENCIES = (
    ("twice a day", r"b\.?i\.?d\.?|(?:twice|2 times) (?:a day|daily|per day)|every 12 hours|q12h"),
    ("three times a day", r"t\.?i\.?d\.?|3 times (?:a day|daily|per day)|every 8 hours|q8h"),
    ("four times a day", r"q\.?i\.?d\.?|4 times (?:a day|daily|per day)|every 6 hours|q6h"),
    ("at bedtime", r"q\.?h\.?s\.?|at bedtime|nightly|every night|at night|q\.?pm"),
    ("in the morning", r"q\.?am|every morning|each morning|in the morning"),
    ("once a day", r"q\.?d\.?|once (?:a day|daily)|1 time per day|every day|daily|every 24 hours"),
    ("once a week", r"once (?:a week|weekly)|every week|weekly|q\.?wk"),
    ("every two weeks", r"every 2 weeks|q2wk|fortnightly"),
    ("every four weeks", r"every 4 weeks|monthly|q4wk|every month"),
    ("as needed", r"p\.?r\.?n\.?|as needed|when needed"),
)
FREQUENCIES = tuple(
    (name, re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE))
    for name, pattern in _FREQUENCIES
)
# "left" is also a verb: "left now", "left after an argument".
SIDE = re.compile(r"\b(left|right|bilateral)\b(?!\s+(?:now|away|after|before|to\b))", re.IGNORECASE)
