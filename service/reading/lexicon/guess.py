"""What a word that no list has is by its form: a medicine, a problem, or any other word."""

from functools import cache, lru_cache

from service.reading.assertions import Concept, Kind
from service.reading.lexicon.lists import DATA, load
from service.reading.lexicon.stems import stem

_LONG = 7  # letters from which an ending tells: "vir" and "oma" end short words too
_ENDINGS = ((Kind.MEDICINE, "medicine"), (Kind.PROBLEM, "problem"), (Kind.PROCEDURE, "procedure"))


@lru_cache(maxsize=50_000)
def guessed(key: str) -> Concept:
    """A medicine of the open list or by its ending, a problem or procedure by its ending, else the
    word by its stem."""
    if key in _listed():
        return Concept(Kind.MEDICINE, key)
    if len(key) >= _LONG and key.isalpha() and key not in _ordinary():
        for kind, name in _ENDINGS:
            if key.removesuffix("s").endswith(_endings(name)) or key.endswith(_endings(name)):
                return Concept(kind, key.removesuffix("s") if name == "medicine" else stem(key))
    return Concept(Kind.WORD, stem(key))


@cache
def _listed() -> frozenset[str]:
    """Generic names that are not in our own lists."""
    lines = (DATA / "drugbank.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if line[:1] != "#" for word in line.split())


@cache
def _endings(name: str) -> tuple[str, ...]:
    return tuple(load("endings.toml")[name].split())


@cache
def _ordinary() -> frozenset[str]:
    return frozenset(load("endings.toml")["ordinary"].split())
