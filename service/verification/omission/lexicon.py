"""What a text speaks of, whatever words it uses: concepts, medicines, scores and results."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from service.verification.words import load, stems

_START = re.compile(r"[A-Za-z0-9]+")
HEAD = 4  # letters of a word by which forms are looked up
SAME = {"divalproex": "valproate", "valproic": "valproate"}  # told as one medicine
SHORT = 3  # "si" and "hi" are words of their own, not the beginning of "sister" and "high"


@dataclass(frozen=True)
class Hit:
    """`key` ("concept:hives", "drug:lithium", "score:phq-9", "result:qtc") at text[start:end]."""

    key: str
    start: int
    end: int


class Lexicon:
    """Forms by how their first word begins: a long text is read once, word by word."""

    def __init__(self, forms: Mapping[str, Iterable[str]]) -> None:
        self._by_start: dict[str, list[tuple[re.Pattern[str], str]]] = defaultdict(list)
        for key, names in forms.items():
            for name in names:
                first = _START.match(name)
                assert first is not None, name
                self._by_start[first[0][:HEAD]].append((_pattern(name), key))

    def find(self, text: str) -> Iterator[Hit]:
        """Every form in the text, overlapping ones too, in order of their beginning."""
        lowered = text.lower()
        for word in _START.finditer(lowered):
            for pattern, key in self._by_start.get(word[0][:HEAD], ()):
                if match := pattern.match(lowered, word.start()):
                    yield Hit(key, match.start(), match.end())


def _pattern(form: str) -> re.Pattern[str]:
    whole = form.endswith("$") or len(form) <= SHORT
    words = re.escape(form.rstrip("$").strip())
    words = words.replace(r"\ ", r"[\s-]+").replace(r"\-", r"[\s-]?")
    return re.compile(words + (r"(?!\w)" if whole else r"\w*"))


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """All of our lists as one."""
    return Lexicon({**_concepts(), **_measures(), **_drugs()})


def _concepts() -> dict[str, list[str]]:
    groups = load("concepts.toml")
    return {
        f"concept:{key}": forms
        for group in groups.values()
        if isinstance(group, dict)
        for key, forms in group.items()
    }


def _measures() -> dict[str, list[str]]:
    table = load("measures.toml")
    scores = {f"score:{key}": forms for key, forms in table["scores"].items()}
    return scores | {f"result:{key}": value["forms"] for key, value in table["results"].items()}


def _drugs() -> dict[str, list[str]]:
    """Generic names, with the salts and brands that are the same medicine."""
    table = load("drugs.toml")
    names = {name: name for name in table["names"]} | table["brands"]
    forms: dict[str, list[str]] = defaultdict(list)
    for written, name in names.items():
        forms[f"drug:{SAME.get(name, name)}"].append(f"{written}$")
    return forms


def problems() -> frozenset[str]:
    """The concepts that are illnesses."""
    return _group("problem")


def risks() -> frozenset[str]:
    """The concepts of suicide, self-harm, violence and abuse."""
    return _group("risk")


def allergens() -> frozenset[str]:
    """The concepts that people are allergic to."""
    return _group("allergen")


def reactions() -> frozenset[str]:
    """The concepts that an allergen or a medicine may cause."""
    return _group("reaction")


@lru_cache(maxsize=8)
def _group(name: str) -> frozenset[str]:
    return frozenset(f"concept:{key}" for key in load("concepts.toml")[name])


@lru_cache(maxsize=50_000)
def hits(text: str) -> tuple[Hit, ...]:
    """What a sentence speaks of."""
    return tuple(lexicon().find(text))


@lru_cache(maxsize=50_000)
def marks(text: str) -> frozenset[str]:
    """What a sentence says, fit for comparing: its concepts, and the stems of its other words."""
    found = outer(hits(text))
    rest, at = [], 0
    for hit in found:
        rest.append(text[at : hit.start])
        at = max(at, hit.end)
    return stems(" ".join((*rest, text[at:]))) | {hit.key for hit in found}


def outer(found: Iterable[Hit]) -> list[Hit]:
    """Without the forms that begin inside a longer one: "back pain" is no "pain" beside it."""
    kept: list[Hit] = []
    for hit in sorted(found, key=lambda h: (h.start, -h.end)):
        before = kept[-1] if kept else None
        if before is None or hit.start >= before.end or _stands_beside(hit, before):
            kept.append(hit)
    return kept


def _stands_beside(hit: Hit, before: Hit) -> bool:
    """Two names of one place count both, but "hemoglobin A1c" is one result, not two."""
    if hit.start != before.start:
        return False
    return hit.end == before.end or not hit.key.startswith(("score:", "result:"))
