"""The names of all known things, by their first word."""

from collections.abc import Iterator, Sequence
from functools import cache

from service.reading.assertions import Concept, Kind
from service.reading.lexicon.lists import load
from service.reading.lexicon.stems import base, stem
from service.reading.lexicon.tokens import tokens

# Each holds one table for each kind of concept: key = "name, name". A key is a name itself, with
# its hyphens as spaces. "=name" is found only as it is written, never by the stems of its words.
# "key + key" names several things at once.
FILES = (
    "medicines.toml",
    "problems.toml",
    "findings.toml",
    "measurements.toml",
    "risk.toml",
    "care.toml",
    "people.toml",
    "words.toml",
    "organisms.toml",
    "diagnoses.toml",
)
_SHORTEST = 4  # letters: "rate" is no form of "rated", nor "bar" of BARS
Form = tuple[str, ...]
Concepts = tuple[Concept, ...]
Forms = Sequence[tuple[Form, Concepts]]
Pairs = dict[str, list[tuple[Form, Concepts]]]


class Names:
    """`unsaid`: words that name nothing. `glue`: little words that may stand inside a name."""

    def __init__(self) -> None:
        ordinary = load("ordinary.toml")
        self.unsaid = frozenset(ordinary["unsaid"].split())
        self.unsaid_keys = frozenset(ordinary["unsaid_keys"].split())
        self.glue = frozenset(ordinary["glue"].split()) | frozenset("'\"“”’:")
        # Single words as they are written and by their base; longer names by first and second word.
        self._single: dict[str, Concepts] = {}
        self._bases: dict[str, Concepts] = {}
        self._pairs: dict[str, Pairs] = {}
        for name, concepts in named():
            self._add(name, concepts)
        for seconds in self._pairs.values():
            for forms in seconds.values():
                forms.sort(key=lambda form: -len(form[0]))

    def single(self, key: str) -> Concepts:
        """What one word names, as it is written or in another form of it (not a derivation)."""
        return self._single.get(key) or self._bases.get(base(key)) or ()

    def sign(self, key: str) -> Concepts:
        """What a sign names ("↑")."""
        return self._single.get(key, ())

    def pairs(self, key: str) -> tuple[Pairs, ...]:
        """By second word, the longest first: the names of several words that this word may begin.
        A first word "" marks a name turned round ("pain in the chest")."""
        found = (self._pairs.get(key), self._pairs.get(stem(key)) if stem(key) != key else None)
        return tuple(each for each in found if each)

    def _add(self, name: str, concepts: Concepts) -> None:
        keys = tuple(token.key for token in tokens(name.removeprefix("=")))
        is_exact = name.startswith("=")
        if len(keys) == 1:
            self._single.setdefault(keys[0], concepts)
            if not is_exact and len(base(keys[0])) >= _SHORTEST:
                self._bases.setdefault(base(keys[0]), concepts)
            return
        self._add_pair(keys, keys, concepts)
        if is_exact:
            return
        stems = tuple(stem(key) for key in keys)
        self._add_pair(stems, stems, concepts)
        if len(stems) == 2:
            self._add_pair((stems[1], stems[0]), ("", *stems), concepts)

    def _add_pair(self, keys: Form, form: Form, concepts: Concepts) -> None:
        forms = self._pairs.setdefault(keys[0], {}).setdefault(keys[1], [])
        if all(form != other for other, _ in forms):
            forms.append((form, concepts))


def named() -> Iterator[tuple[str, Concepts]]:
    """Each name with what it names. The names that are keys come first: they win their stem."""
    rows = [(kind, key, listed) for file in FILES for kind, key, listed in _rows(file)]
    kinds = {key: Kind(kind) for kind, key, _ in rows if kind != "several"}
    for kind, key, _ in rows:
        if kind != "several":
            yield key.replace("-", " "), (Concept(Kind(kind), key),)
    for kind, key, listed in rows:
        parts = key.split(" + ") if kind == "several" else [key]
        concepts = tuple(Concept(kinds[part], part) for part in parts)
        for name in filter(None, (each.strip() for each in listed.split(","))):
            yield name, concepts


def _rows(file: str) -> Iterator[tuple[str, str, str]]:
    for kind, table in load(file).items():
        if isinstance(table, dict):
            for key, listed in table.items():
                yield kind, key, listed


@cache
def names() -> Names:
    return Names()


def kind_of(key: str) -> Kind | None:
    """What a listed key is; None for a stem."""
    return _kinds().get(key)


@cache
def _kinds() -> dict[str, Kind]:
    return {c.key: c.kind for _, concepts in named() for c in concepts}
