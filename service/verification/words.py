"""Words compared for what they mean: abbreviations written out, endings taken off."""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"

STOP = frozenset((DATA / "stopwords.txt").read_text(encoding="utf-8").split())
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|[^\W\d_]+-?\d+")
_ENDING = re.compile(r"(?:ations?|ings?|edly|ed|es|s|ly|al|ity|ness|ment|ion|ic|ive|y|e)$")
_CLINICAL = re.compile(
    r"(?:itis|osis|emia|aemia|phrenia|pathy|oma|phobia|mania|plegia|algia|uria|ectomy|otomy|plasty"
    r"|psychosis|psychotic|bipolar|disorder|diabet\w*|cancer|seizures?|epilepsy|stroke|delusions?"
    r"|hallucinations?|suicid\w*|homicid\w*|overdose|dementia|delirium|autis\w*|asthma|infarction"
    r"|dialysis|pregnan\w*|anaphyla\w*|catatoni\w*|paranoi\w*|hypertension)$", re.IGNORECASE,
)  # fmt: skip


@lru_cache(maxsize=8)
def load(name: str) -> dict[str, Any]:
    """One of our data files."""
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


def written_out(text: str) -> str:
    """The text with abbreviations of the field in full; everything else as it was."""
    table: dict[str, str] = load("abbreviations.toml")["abbreviations"]
    return _abbreviation().sub(lambda m: table.get(m[0].lower(), m[0]), text)


@lru_cache(maxsize=1)
def _abbreviation() -> re.Pattern[str]:
    names = sorted(load("abbreviations.toml")["abbreviations"], key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)", re.IGNORECASE)


def stem(word: str) -> str:
    """A word without its common endings: enough to see that two forms are one word."""
    word = word.casefold().replace("’", "'")
    for _ in range(2):
        shorter = _ENDING.sub("", word)
        word = shorter if len(shorter) >= 4 else word
    return word


@lru_cache(maxsize=20_000)
def stems(text: str) -> frozenset[str]:
    """The stems of the content words of a text."""
    return frozenset(stem(word) for word in content(text))


def content(text: str) -> list[str]:
    """The words that carry meaning, in order, abbreviations written out."""
    found = (m[0] for m in _WORD.finditer(written_out(text)))
    return [w for w in found if w.casefold() not in STOP and len(w) > 1]


def is_clinical(word: str) -> bool:
    """Does the word look like a diagnosis, symptom or treatment by its form?"""
    return bool(_CLINICAL.search(word))
