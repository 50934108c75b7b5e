"""Names, numbers, addresses and birth dates replaced before text leaves, and put back after."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from service.chart.identity import Identity
from service.drafting.model.datewords import written_dates
from service.drafting.model.naming import bare, folded, name_patterns, shortened_streets

SHORTEST_NUMBER = 4
PLACEHOLDER = re.compile(r"\[?\b(NAME|NUMBER|CONTACT|ADDRESS|BIRTH|TEXT)-(\d+)\b\]?")

# What looks like a number or address of somebody, whoever's it is.
_MAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_PHONE = (
    r"(?:\+?\d{1,3}[ .-]?)?(?:\(\d{3}\)|\d{3})[ .-]\d{3}[ .-]\d{4}|\+\d{1,3}(?:[ .-]?\d{2,4}){2,4}"
)
_SOCIAL_SECURITY = r"\d{3}-\d{2}-\d{4}"


class Mask:
    """The placeholders of one draft. What is hidden comes back exactly as it was written."""

    def __init__(self, who: Identity, texts: Iterable[str]) -> None:
        self._kinds = [each for each in _patterns(who, texts) if each.pattern]
        joined = "|".join(f"(?P<{k.kind}{n}>{k.pattern})" for n, k in enumerate(self._kinds))
        self._find = re.compile(joined)
        self._placeholder: dict[str, str] = {}
        self._hidden: dict[str, str] = {}
        self._done: dict[str, str] = {}

    def hide(self, text: str) -> str:
        """The text with a placeholder for each identifier. A passage that several sections show
        is searched once."""
        if text not in self._done:
            self._done[text] = "".join(self._pieces(text))
        return self._done[text]

    def show(self, text: str) -> str:
        """The text with what the placeholders stand for; one that was never given stays."""
        return PLACEHOLDER.sub(lambda m: self._hidden.get(f"[{m[1]}-{m[2]}]", m[0]), text)

    @property
    def count(self) -> int:
        return len(self._hidden)

    def _pieces(self, text: str) -> Iterator[str]:
        at, (plain, places) = 0, bare(text)
        for match in self._find.finditer(plain):
            kind = (match.lastgroup or "").rstrip("0123456789")
            start, end = places[match.start()], places[match.end()]
            yield text[at:start]
            yield self._instead(kind, text[start:end])
            at = end
        yield text[at:]

    def _instead(self, kind: str, said: str) -> str:
        if said not in self._placeholder:
            placeholder = f"[{kind}-{len(self._hidden) + 1}]"
            self._placeholder[said], self._hidden[placeholder] = placeholder, said
        return self._placeholder[said]


class NoMask(Mask):
    """COUNTERSIGN_MODEL_PHI=allow: text leaves as it is."""

    def __init__(self) -> None:
        super().__init__(Identity(), ())

    def hide(self, text: str) -> str:
        return text

    def show(self, text: str) -> str:
        return text


@dataclass(frozen=True)
class _Kind:
    """One alternative of the search; `pattern` is empty where the chart names none."""

    kind: str
    pattern: str = field(default="")


def _patterns(who: Identity, texts: Iterable[str]) -> list[_Kind]:
    """For folded text, longest and surest first: what stands earlier wins where two would match."""
    births = [p for born in who.births for p in written_dates(born)]
    return [
        _Kind("TEXT", PLACEHOLDER.pattern.replace("(NAME", "(?:NAME").replace(r"(\d+)", r"\d+")),
        _Kind("CONTACT", rf"(?<!\w)(?:{_MAIL}|{_any(map(_phone, who.contacts))}|{_PHONE})(?!\w)"),
        _Kind("ADDRESS", _words(_any(map(_spaced, who.addresses)))),
        _Kind("NUMBER", _words(_any([*map(_number, who.numbers), _SOCIAL_SECURITY]))),
        _Kind("BIRTH", _words(_any(births))),
        _Kind("NAME", _names(_any(name_patterns(who, (bare(text)[0] for text in texts))))),
    ]


def _names(pattern: str) -> str:
    """Names also side by side, of several people, and with the figures of an account's name:
    "MariaOkafor", "the Okafors", "mokafor87"."""
    together = rf"(?:{pattern})(?:[-_]?(?:{pattern}))*"
    return rf"(?<![^\W\d_])(?:[A-Za-z](?={together}\d))?{together}s?(?![^\W\d_])"


def _words(pattern: str) -> str:
    """Not within a word or a number; an underscore joins names of files and is no letter."""
    return rf"(?<![^\W_])(?:{pattern})(?![^\W_])" if pattern else ""


def _any(patterns: Iterable[str]) -> str:
    return "|".join(sorted({p for p in patterns if p}, key=lambda p: (-len(p), p))) or r"(?!)"


def _spaced(value: str) -> str:
    """An address as notes write it: any case, any space."""
    words = folded(value).replace(",", " ").split()
    return r"(?i:" + r"[\s,]+".join(map(_street, words)) + ")"


def _street(word: str) -> str:
    """A word of an address, and what it is shortened to ("Street": "St.")."""
    forms = shortened_streets().get(word.lower().rstrip("."))
    return rf"(?:{'|'.join(forms)})\.?" if forms else re.escape(word)


def _number(value: str) -> str:
    """A record number with or without its signs and the zeros it begins with; its digits alone."""
    runs = re.findall(r"[A-Za-z]+|\d+", value)
    if len("".join(runs)) < SHORTEST_NUMBER:
        return ""
    whole = r"[\s./-]?".join(map(_zeros, runs))
    digits = [_zeros(run) for run in runs if run.isdigit() and len(run) > SHORTEST_NUMBER]
    return "|".join([f"(?i:{whole})", *digits])


def _zeros(run: str) -> str:
    """A run of figures in any groups, with any zeros before it, if enough is left."""
    left = run.lstrip("0")
    if not run.isdigit() or len(left) <= SHORTEST_NUMBER:
        return run
    return "0*[ -]?" + "[ -]?".join(left)


def _phone(value: str) -> str:
    """A telephone number however it is grouped, without its country or area code too."""
    if "@" in value:
        return f"(?i:{re.escape(value)})"
    digits = re.sub(r"\D", "", value)
    lengths = {n for n in (len(digits), 10, 7) if SHORTEST_NUMBER <= n <= len(digits)}
    tails = (digits[-n:] for n in sorted(lengths, reverse=True))
    return "|".join(r"\+?\(?" + r"[\s().-]{0,2}".join(tail) for tail in tails)
