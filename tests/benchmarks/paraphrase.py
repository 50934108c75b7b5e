"""Rewording that keeps the meaning, by rules and lists that know nothing of the engine's own."""

import re

_LIGHT = re.compile(r"\b(?:the|a|an|is|was|are|were|has been|had been|have been)\b ?", re.I)
_NUMBERS = dict(
    enumerate(
        (
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        )
    )
)
_COUNTED = re.compile(
    r"(?<![\w./-])(\d|1[0-2])(?= (?:w(?:ee)?ks?|days?|months?|nights?|tablets?"
    r"|y(?:ea)?rs?)\b)"
)
_TRADED = (
    ("patient", "pt"),
    ("history", "hx"),
    ("diagnosed", "dx'd"),
    ("diagnosis", "dx"),
    ("symptoms", "sx"),
    ("treatment", "tx"),
    ("magnetic resonance imaging", "MRI"),
    ("blood pressure", "BP"),
    ("heart rate", "HR"),
    ("twice daily", "BID"),
    ("twice a day", "BID"),
    ("three times a day", "TID"),
    ("at bedtime", "qHS"),
    ("as needed", "PRN"),
    ("suicidal ideation", "SI"),
    ("homicidal ideation", "HI"),
    ("intravenous", "IV"),
    ("major depressive disorder", "MDD"),
    ("follow-up", "f/u"),
    ("with", "w/"),
    ("without", "w/o"),
    ("shortness of breath", "SOB"),
    ("hypertension", "HTN"),
    ("urinary tract infection", "UTI"),
    ("generalized anxiety disorder", "GAD"),
    ("emergency department", "ED"),
    ("medications", "meds"),
    ("weeks", "wks"),
    ("years", "yrs"),
    ("anemia", "anaemia"),
    ("edema", "oedema"),
    ("diarrhea", "diarrhoea"),
    ("tumor", "tumour"),
    ("hospitalized", "hospitalised"),
    ("behavior", "behaviour"),
    ("pediatric", "paediatric"),
    ("hemorrhage", "haemorrhage"),
    ("esophageal", "oesophageal"),
    ("estrogen", "oestrogen"),
    ("acetaminophen", "paracetamol"),
    ("albuterol", "salbutamol"),
    ("epinephrine", "adrenaline"),
)
_LAY = (
    ("hypertension", "high blood pressure"),
    ("dyspnea", "shortness of breath"),
    ("myocardial infarction", "heart attack"),
    ("insomnia", "trouble sleeping"),
    ("fatigue", "tiredness"),
    ("nausea", "feeling sick"),
    ("pruritus", "itching"),
    ("auditory hallucinations", "hearing voices"),
    ("suicidal ideation", "suicidal thoughts"),
    ("hospitalized", "admitted"),
    ("emesis", "vomiting"),
    ("tearful", "crying"),
    ("alcohol use disorder", "alcoholism"),
    ("medication", "medicine"),
    ("physician", "doctor"),
    ("edema", "swelling"),
    ("renal", "kidney"),
    ("tablet", "pill"),
    ("surgery", "operation"),
    ("fracture", "broken bone"),
    ("dizziness", "lightheadedness"),
    ("influenza", "flu"),
    ("nightmares", "bad dreams"),
    ("anxious", "nervous"),
    ("fever", "high temperature"),
)


def loose(text: str) -> str:
    """Without articles and auxiliaries, in small letters but for abbreviations."""
    return " ".join(
        w if w.isupper() or any(c.isdigit() for c in w) else w.lower()
        for w in _LIGHT.sub("", text).split()
    )


def turned(text: str) -> str:
    """The last phrase that a preposition opens first: "after X, Y" for "Y after X"."""
    body = text.strip().rstrip(".")
    found = list(
        re.finditer(r" (?=(?:after|before|because of|due to|during|since|for|with) )", body)
    )
    if not found or "," in body or found[-1].start() < 12:
        return text
    at = found[-1].start()
    return f"{body[at + 1 :].capitalize()}, {body[:1].lower()}{body[1:at]}."


def written(text: str) -> str:
    """Abbreviations for words, words for small numbers, British for American."""
    for long, short in _TRADED:
        text = re.sub(rf"\b{re.escape(long)}\b", short, text, flags=re.IGNORECASE)
    return _COUNTED.sub(lambda match: _NUMBERS[int(match[0])], text)


def lay(text: str) -> str:
    """Lay words for clinical ones."""
    for clinical, common in _LAY:
        text = re.sub(rf"\b{re.escape(clinical)}\b", common, text, flags=re.IGNORECASE)
    return text
