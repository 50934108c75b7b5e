"""How dates, quantities, frequencies and sides are written."""

import re

MONTH_NAMES = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
MONTHS = {name: number for number, name in enumerate(MONTH_NAMES.split("|"), 1)}
_MONTH_NAMED = (
    r"(january|february|march|april|may|june|july|august|september|october|november"
    rf"|december|sept|{MONTH_NAMES})\b\.?"
)
_WHEN = "|".join(
    rf"(?<=\b{word} )"
    for word in (
        "in",
        "since",
        "last",
        "until",
        "till",
        "by",
        "from",
        "of",
        "early",
        "late",
        "mid",
        "through",
    )
)

# Each shape names the groups in order: y, m, d as numbers, M as a month's name.
DATES = (
    ("ymd", re.compile(r"\b(\d{4})-(\d{2})(?:-(\d{2}))?(?:T[\d:.+Z-]+)?\b")),
    ("mdy", re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})\b")),
    ("my", re.compile(r"(?<![\d/])(\d{1,2})/((?:19|20)\d{2})\b")),
    ("Mdy", re.compile(rf"\b{_MONTH_NAMED}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b", re.I)),
    ("dMy", re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH_NAMED},?\s+(\d{{4}})\b", re.I)),
    ("My", re.compile(rf"\b{_MONTH_NAMED},?\s+(?:of\s+)?(\d{{4}})\b", re.I)),
    (
        "Md",
        re.compile(rf"\b{_MONTH_NAMED}\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s?(?:mg|x|times))", re.I),
    ),
    ("dM", re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH_NAMED}", re.I)),
    ("M", re.compile(rf"(?:{_WHEN}){_MONTH_NAMED}", re.I)),
    (
        "y",
        re.compile(
            r"(?<![\d/.])((?:19|20)\d{2})(?![\d/]|\.\d|\s*(?:mg|mcg|ml|units?|kcal|cc)\b)", re.I
        ),
    ),
)
MONTH_WORD = re.compile(rf"\b(?:{MONTH_NAMES})", re.IGNORECASE)

# Each unit as (what it measures, how many of the plain unit).
_UNIT_WORDS = {
    ("mass", 1.0): "mg mgs milligram milligrams",
    ("mass", 1e3): "g gm grams gram",
    ("mass", 1e-3): "mcg µg μg ug microgram micrograms",
    ("weight", 1.0): "kg kgs kilogram kilograms kilos",
    ("weight", 0.45359): "lb lbs pound pounds",
    ("volume", 1.0): "ml mls milliliter milliliters",
    ("volume", 1e3): "l liter liters litre litres",
    ("units", 1.0): "unit units iu",
    ("percent", 1.0): "% percent",
    ("length", 1.0): "cm centimeter centimeters centimetres",
    ("length", 0.1): "mm millimeters millimetres",
    ("length", 2.54): "inch inches",
    ("length", 30.48): "ft feet foot",
    ("length", 100.0): "meters metres",
    ("hours", 1.0): "h hr hrs hour hours",
    ("hours", 1 / 60): "min mins minute minutes",
    ("days", 1.0): "day days",
    ("days", 7.0): "wk wks week weeks",
    ("months", 1.0): "mo mos month months",
    ("months", 12.0): "yr yrs year years",
    ("mmol/l", 1.0): "mmol/l",
    ("meq/l", 1.0): "meq/l",
    ("mg/dl", 1.0): "mg/dl",
    ("g/dl", 1.0): "g/dl",
    ("pressure", 1.0): "mmhg mm[hg]",
    ("rate", 1.0): "bpm beats/min /min",
    ("ng/ml", 1.0): "ng/ml µg/l ug/l",
    ("umol/l", 1.0): "umol/l µmol/l",
    ("u/l", 1.0): "u/l iu/l",
    ("celsius", 1.0): "°c celsius",
    ("fahrenheit", 1.0): "°f fahrenheit",
    ("tablets", 1.0): "tablet tablets tab tabs capsule capsules cap caps pill pills",
    ("packs", 1.0): "ppd packs/day",
    ("ng/l", 1.0): "ng/l pg/ml",
    ("nmol/l", 1.0): "nmol/l",
    ("pmol/l", 1.0): "pmol/l",
    ("milliseconds", 1.0): "ms msec",
    ("g/l", 1.0): "g/l",
}
UNITS = {name: unit for unit, names in _UNIT_WORDS.items() for name in names.split()}
_UNIT_NAMES = "|".join(re.escape(name) for name in sorted(UNITS, key=len, reverse=True))

NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
QUANTITY = re.compile(rf"(?<![\w.])({NUMBER})\s*-?\s?({_UNIT_NAMES})(?!\w)", re.IGNORECASE)
# The first of "20 to 10 mg" and of "10-20 mg" has the unit of the second.
RANGE = re.compile(
    rf"(?<![\w.])({NUMBER})(?=\s*(?:-|–|to)\s*(?:{NUMBER})\s*-?\s?({_UNIT_NAMES})(?!\w))",
    re.IGNORECASE,
)
# "34 y/o", "aged 34", "58M", "29/F"
AGE = re.compile(
    r"\bage[d:]?(?: of)?\s{1,2}(\d{1,3})\b(?!\s?(?:days|weeks|months|mo))"
    r"|(?<![\w./])(\d{1,3})(?:\s?(?:y/?o|y\.o\.?|y(?= (?:wo)?man))|(?-i:/?[MF])"
    r"|(?:\s*-\s*|\s+)(?:year|yr)s?(?:[- ]old| of age))(?!\w)",
    re.IGNORECASE,
)
# Not the 9 of PHQ-9; 124/78 and 6/9 are one value of two numbers; "x2" is 2.
BARE = re.compile(
    rf"(?:(?<![\w.])|(?<=\bx))(?<![A-Za-z]-)(?<!type )(?<!Type )({NUMBER})"
    rf"(?:\s?(?:/|out of)\s?({NUMBER}))?(?!\w|\.\d)"
)
TIMES = re.compile(
    rf"\btwice\b|(?<!\w)(?:x ?({NUMBER})(?!\s?-?(?:{_UNIT_NAMES})(?!\w))"
    rf"|({NUMBER}) ?(?:x|times|occasions))(?!\w)",
    re.I,
)
CLOCK = re.compile(r"\b(\d{1,2})(?::(\d{2}))?\s?([ap])\.?m\b\.?|\b(\d{1,2}):(\d{2})\b", re.I)

_NUMBER_NAMES = (
    "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    "|sixteen|seventeen|eighteen|nineteen"
)
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
NUMBER_WORDS = (
    {word: number for number, word in enumerate(_NUMBER_NAMES.split("|"))}
    | {word: number * 10 for number, word in enumerate(_TENS.split("|"), 2)}
    | {"a": 1, "an": 1}
)
_DIGIT_NAMES = "|".join(_NUMBER_NAMES.split("|")[1:10])
# "one" alone is mostly a pronoun; before a unit or a count it is a number.
NUMBER_WORD = re.compile(
    rf"\b(?!one\b(?!\s+(?:day|week|month|year|hour|time|tablet|capsule|dose|night|(?:or|to)\s+two)))"
    rf"({_NUMBER_NAMES}|{_TENS}|an?(?= (?:hundred|thousand)\b)"
    r"|(?:(?<=for )|(?<=over )|(?<=in )|(?<=past )|(?<=within )|(?<=after ))"
    r"an?(?= (?:day|week|month|year|hour)\b))"
    rf"(?:[\s-]({_DIGIT_NAMES}))?(?:\s+(hundred|thousand))?\b",
    re.IGNORECASE,
)

DAYPARTS = {
    "at bedtime": r"q\.?h\.?s\.?|hs(?!-)|at bedtime|before bed|nightly|(?:every|each) night"
    r"|at night|nocte|q\.?pm|in the evenings?|(?:every|each) evening|(?:a|per) night",
    "in the morning": r"q\.?am|(?:every|each) morning|in the mornings?|in am|for the morning|mane",
}
_DAILY = r"(?:a|per|each|every|/)\s?day|daily(?!\s+(?:living|life))"
_WEEKLY = "(?:(?:a|per|each) week|weekly|/ ?wk|/ ?week)"
_FREQUENCIES: tuple[tuple[str, str], ...] = (
    ("every 15 minutes", r"q ?15(?: ?(?:min|mins|minutes))?|every 15 (?:min|mins|minutes)"),
    ("every other day", r"every other day|every 2 days|alt(?:ernate|\.)? days?|q\.?o\.?d\.?|q48h"),
    (
        "twice a day",
        rf"b\.?i\.?d\.?|bd|(?:twice|two times|2 times|2x|x2)[\s-](?:{_DAILY})"
        r"|(?:every|q) ?12 ?(?:hours|hrs|h)",
    ),
    (
        "three times a day",
        rf"t\.?i\.?d\.?|tds|(?:thrice|3 times|3x|x3)[\s-](?:{_DAILY})"
        r"|(?:every|q) ?8 ?(?:hours|hrs|h)",
    ),
    (
        "four times a day",
        rf"q\.?i\.?d\.?|qds|(?:4 times|4x|x4)[\s-](?:{_DAILY})"
        r"|(?:every|q) ?6 ?(?:hours|hrs|h)",
    ),
    ("every four hours", r"(?:every|q) ?4 ?(?:hours|hrs|h)"),
    *((name, pattern) for name, pattern in DAYPARTS.items()),
    ("twice a week", rf"(?:twice|2 times|2x) ?{_WEEKLY}"),
    ("three times a week", rf"(?:3 times|3x) ?{_WEEKLY}"),
    ("every two weeks", r"every 2 weeks|every other week|q ?2 ?wk?|fortnightly"),
    ("every three weeks", r"every 3 weeks|q ?3 ?wk?"),
    (
        "every four weeks",
        r"every 4 weeks|every month|once (?:a month|monthly)|(?<!-)monthly"
        r"|q ?4 ?wk?|each month|(?:a|per) month",
    ),
    ("every three months", r"every 3 months|quarterly|every 12 weeks|3 ?-?monthly"),
    ("once a year", r"once a year|every year|yearly|annually|annual"),
    (
        "once a week",
        r"once[\s-](?:a week|weekly|per week)|(?:every|each) week|weekly|q\.?wk"
        r"|(?:a|per) week",
    ),
    (
        "once a day",
        rf"q\.?d\.?|(?:once|1 time|one time|1x|x1)[\s-](?:{_DAILY})|(?:every|each) day"
        r"|daily(?! (?:living|life))|/ ?day|every 24 hours|(?:a|per) day|q24h",
    ),
    (
        "as needed",
        r"p\.?r\.?n\.?|as (?:needed|required|necessary)|when (?:needed|required)"
        r"|if needed",
    ),
)


def _spaced(pattern: str) -> str:
    """Any space where the pattern has one: number words turned to digits leave gaps."""
    return pattern.replace(" ?", "\\s*").replace(" ", "\\s+").replace("[\\s-]", "[\\s-]+")


# "beers/wk", "mg/day"; a pack a day is a unit of its own.
_PER = {
    "once a day": "d|day",
    "once a week": "wk|week",
    "every four weeks": "mo|month",
    "at bedtime": "night",
}
_NO_SPAN = r"(?!\s+(?:ago|later|earlier|before|after)\b)"  # "every week", not "a week ago"


def _frequency(name: str, pattern: str) -> str:
    per = rf"|(?<=\w)(?<!pack)(?<!packs)\s?/\s?(?:{_PER[name]})" if name in _PER else ""
    return rf"((?:(?<!\w)(?:{_spaced(pattern)}){per})(?!\w){_NO_SPAN})"


FREQUENCY_NAMES = tuple(name for name, _ in _FREQUENCIES)
FREQUENCY = re.compile("|".join(_frequency(*each) for each in _FREQUENCIES), re.IGNORECASE)
_PAIRED = (
    "ankles|arms|breasts|calves|ears|elbows|eyes|feet|flanks|hands|hips|kidneys|knees|legs"
    "|lungs|shoulders|sides|thighs|wrists|(?:lower|upper) (?:limbs|extremities)"
)
# "left" is also a verb: "left now", "left after an argument".
SIDE = re.compile(
    rf"\bboth(?= (?:{_PAIRED})\b)|(?-i:\b(?:L|R|Lt|Rt)\b\.?(?= [a-z]{{3}}))"
    r"|\b(?:left|right|bilateral(?:ly)?|b/l|both sides)\b"
    r"(?!\s+(?:now|away|after|before|to\b|the\b|home|school|work\b|against))",
    re.IGNORECASE,
)
