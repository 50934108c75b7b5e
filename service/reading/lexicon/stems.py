"""A word without its endings: enough to see that two forms are one word."""

import re
from functools import lru_cache

from service.reading.lexicon.lists import load

# British spelling, written the American way.
_BRITISH = (
    (re.compile("aem"), "em"),
    (re.compile("oed(?=e)"), "ed"),
    (re.compile("rrhoea"), "rrhea"),
    (re.compile("oesoph"), "esoph"),
    (re.compile("oest"), "est"),
    (re.compile("paed"), "ped"),
    (re.compile("gynae"), "gyne"),
    (re.compile("anaes"), "anes"),
    (re.compile("faec"), "fec"),
    (re.compile("caes"), "ces"),
    (re.compile("foet"), "fet"),
    (re.compile("pnoea"), "pnea"),
    (re.compile("leuk?aem"), "leukem"),
    (re.compile("ulph"), "ulf"),
    (re.compile("(?<=[a-z]{2})our(?=s?$|ed$|ing$|al$|able$|ful$|ite|less|hood)"), "or"),
    (re.compile("ys(?=e[ds]?$|ing$)"), "yz"),
    (re.compile("(?<=[a-z]{3})is(?=(?:e[ds]?|ing|ations?)$)"), "iz"),
    (re.compile("(?<=[aeiou][lcnrtvdbp][eao])ll(?=(?:ed|ing|ors?|ers?)$)"), "l"),
    (re.compile("(?<=ounse)ll"), "l"),
    (re.compile("amme$"), "am"),
    (re.compile("ence(?=s?$)"), "ense"),
    (re.compile("(?<=[a-z]{2})tre(?=s?$)"), "ter"),
)
_SHORTEST = 4


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Lower case, one spelling, without endings ("anxieties", "slept", "haemorrhagic")."""
    word = word.casefold().replace("’", "'").removesuffix("'s")
    table = _irregular()
    if word in table:
        return table[word]
    return _underived(_underived(table.get(_plain(word), _plain(word))))


@lru_cache(maxsize=50_000)
def base(word: str) -> str:
    """Only plural, past and -ing taken off: "voices" is "voice", but "vocal" is another word."""
    word = word.casefold().replace("’", "'").removesuffix("'s")
    table = _irregular()
    plain = table.get(word) or _plain(word)
    return plain[:-1] if plain.endswith("e") and len(plain) > _SHORTEST else plain


def _plain(word: str) -> str:
    """One spelling, without plural, past and -ing."""
    if len(word) < _SHORTEST or not word.isalpha():
        return word
    for pattern, american in _BRITISH:
        word = pattern.sub(american, word)
    return _uninflected(word)


@lru_cache(maxsize=1)
def _irregular() -> dict[str, str]:
    """The stem of each form that no rule gives."""
    lists = load("forms.toml")
    kept = {word: word for word in lists["kept"].split()}
    for verb, forms in lists["forms"].items():
        kept |= {form: _underived(_underived(verb)) for form in forms.split()}
    return kept


@lru_cache(maxsize=1)
def _derived() -> tuple[str, ...]:
    """What makes a noun, an adjective or an adverb of a word, the longest first."""
    return tuple(load("forms.toml")["endings"].split())


def _uninflected(word: str) -> str:
    """Without plural, past and -ing."""
    if word.endswith("bility"):
        return word[:-5] + "l"  # "irritability" is "irritable"
    if word.endswith(("ies", "ied")) and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        root = word.removesuffix(ending)
        if root != word and len(root) >= 3 and any(c in "aeiouy" for c in root):
            return _single(root)
    return word


def _single(root: str) -> str:
    """ "stopp" is "stop"; "fall", "miss" and "stuff" keep both."""
    if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "lsfz":
        return root[:-1]
    return root


def _underived(word: str) -> str:
    for ending in _derived():
        root = word.removesuffix(ending)
        if root != word and len(root) >= _SHORTEST:
            return root
    is_soft = word.endswith("y") and len(word) > _SHORTEST and word[-2] not in "aeiou"
    return word[:-1] if is_soft else word
