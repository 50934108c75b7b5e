"""Names, numbers, addresses and birth dates replaced before text leaves, and put back after."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from service.chart.identity import Identity
from service.drafting.model.datewords import written_dates

SHORTEST_NAME = 2  # an initial alone names nobody
SHORTEST_NUMBER = 4
PLACEHOLDER = re.compile(r"\[?\b(NAME|NUMBER|CONTACT|ADDRESS|BIRTH|TEXT)-(\d+)\b\]?")

# What looks like a number or address of somebody, whoever's it is.
_MAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_PHONE = (
    r"(?:\+?\d{1,3}[ .-]?)?(?:\(\d{3}\)|\d{3})[ .-]\d{3}[ .-]\d{4}|\+\d{1,3}(?:[ .-]?\d{2,4}){2,4}"
)
_SOCIAL_SECURITY = r"\d{3}-\d{2}-\d{4}"
_RELATIVE = re.compile(
    r"\b(?:mother|father|mom|mum|dad|parents?|sister|brother|siblings?|twin|husband|wife|spouse"
    r"|partner|boyfriend|girlfriend|fianc[ée]e?|sons?|daughters?|child|children|aunt|uncle|cousin"
    r"|niece|nephew|grand(?:mother|father|parents?|son|daughter|ma|pa)|step\w+|friend|roommate"
    r"|neighbou?r|carer|caregiver|guardian|proxy|named|called)\b[ ,:(]{1,3}"
    r"((?:[A-Z][a-z'’-]+|[A-Z][a-z]*[A-Z][a-z]+)(?: (?:and )?[A-Z][a-z'’-]+){0,2})"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


class Mask:
    """The placeholders of one draft. What is hidden comes back exactly as it was written."""

    def __init__(self, who: Identity, texts: Iterable[str]) -> None:
        held = list(texts)
        self._kinds = [each for each in _patterns(who, held) if each.pattern]
        joined = "|".join(f"(?P<{k.kind}{n}>{k.pattern})" for n, k in enumerate(self._kinds))
        self._find = re.compile(joined)
        self._placeholder: dict[str, str] = {}
        self._hidden: dict[str, str] = {}
        self._done: dict[str, str] = {}

    def hide(self, text: str) -> str:
        """The text with a placeholder for each identifier. A passage that several sections show
        is searched once."""
        if text not in self._done:
            self._done[text] = self._find.sub(self._instead, text)
        return self._done[text]

    def show(self, text: str) -> str:
        """The text with what the placeholders stand for; one that was never given stays."""
        return PLACEHOLDER.sub(lambda m: self._hidden.get(f"[{m[1]}-{m[2]}]", m[0]), text)

    @property
    def count(self) -> int:
        return len(self._hidden)

    def _instead(self, match: re.Match[str]) -> str:
        kind = (match.lastgroup or "").rstrip("0123456789")
        if match[0] not in self._placeholder:
            placeholder = f"[{kind}-{len(self._hidden) + 1}]"
            self._placeholder[match[0]], self._hidden[placeholder] = placeholder, match[0]
        return self._placeholder[match[0]]


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


def _patterns(who: Identity, texts: list[str]) -> list[_Kind]:
    """Longest and surest first: what stands earlier wins where two would match."""
    births = [p for born in who.births for p in written_dates(born)]
    return [
        _Kind("TEXT", PLACEHOLDER.pattern.replace("(NAME", "(?:NAME").replace(r"(\d+)", r"\d+")),
        _Kind("CONTACT", rf"(?<!\w)(?:{_MAIL}|{_any(map(_phone, who.contacts))}|{_PHONE})(?!\w)"),
        _Kind("ADDRESS", _words(_any(map(_spaced, who.addresses)))),
        _Kind("NUMBER", _words(_any([*map(_number, who.numbers), _SOCIAL_SECURITY]))),
        _Kind("BIRTH", _words(_any(births))),
        _Kind("NAME", _words(_any(map(re.escape, _names(who, texts))))),
    ]


def _words(pattern: str) -> str:
    return rf"(?<!\w)(?:{pattern})(?!\w)" if pattern else ""


def _any(patterns: Iterable[str]) -> str:
    return "|".join(sorted({p for p in patterns if p}, key=lambda p: (-len(p), p))) or r"(?!)"


def _names(who: Identity, texts: list[str]) -> Iterator[str]:
    """The words of names as notes write them: as they are, in capitals, shortened."""
    plain = _lowercase_words(texts)
    for name in who.names:
        if len(name.strip(".")) >= SHORTEST_NAME:
            yield from {name, name.upper(), name.title()} - {name.lower()} or {name}
        yield from (short for at in range(3, len(name))
                    if (short := name[:at]).lower() not in plain)  # fmt: skip
    for text in texts:
        for relative in _RELATIVE.finditer(text):
            yield from (word for word in _WORD.findall(relative[1])
                        if word.lower() not in plain and len(word) > SHORTEST_NAME)  # fmt: skip


def _lowercase_words(texts: list[str]) -> set[str]:
    """Words that the chart also writes small: "Denies" after "mother" is no name."""
    return {word for text in texts for word in _WORD.findall(text) if word.islower()}


def _spaced(value: str) -> str:
    """An address as notes write it: any case, any space."""
    return r"(?i:" + r"[\s,]+".join(map(re.escape, value.replace(",", " ").split())) + ")"


def _number(value: str) -> str:
    """A record number with or without its signs, and its digits alone."""
    runs = re.findall(r"[A-Za-z]+|\d+", value)
    if len("".join(runs)) < SHORTEST_NUMBER:
        return ""
    whole = r"[\s./-]?".join(map(re.escape, runs))
    digits = [re.escape(run) for run in runs if run.isdigit() and len(run) > SHORTEST_NUMBER]
    return "|".join([f"(?i:{whole})", *digits])


def _phone(value: str) -> str:
    """A telephone number however it is grouped, without its country or area code too."""
    if "@" in value:
        return f"(?i:{re.escape(value)})"
    digits = re.sub(r"\D", "", value)
    lengths = {n for n in (len(digits), 10, 7) if SHORTEST_NUMBER <= n <= len(digits)}
    tails = (digits[-n:] for n in sorted(lengths, reverse=True))
    return "|".join(r"\+?\(?" + r"[\s().-]{0,2}".join(tail) for tail in tails)
