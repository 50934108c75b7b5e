"""`Label: value`, also several on a line, and what an answer says of its label."""

import re
from collections.abc import Iterator
from itertools import dropwhile
from typing import NamedTuple

from service.reading.layout import Place, Section, Stance
from service.reading.structure.sentences import trimmed, trimmed_marks
from service.reading.structure.words import answer_of, listed, section_of, stance_of, words

# A colon, a question mark before an answer, a row of dots, " = ".
_MARK = re.compile(
    r"[:?]|(?<=[\w)])\s?\.{4,}|(?<!\.)\.{3,}+(?=\s)|(?<=[\w)])\s=(?=\s)|(?<=[\w)])\s=>(?=\s)"
)
_FORM = re.compile(r"\{[^{}\n]{1,400}\}")
_CHOICES = frozenset(("y/n", "yes/no", "y / n", "yes / no", "(y/n)", "(yes/no)"))
# Before a label inside a line: the end of a sentence, two blanks, a tab, a bar.
_BOUNDARY = re.compile(
    r"(?<!\bDr)(?<!\bMr)(?<!\bMrs)(?<!\bMs)[.!?;][\"')\]*]{0,2}\s+|\s{2,}|\t|\s\|\s|[.;](?=[A-Z])"
)
# A label that runs in after a value: its capitals, or one capital and small words.
_RUN_IN = re.compile(
    r"(?:^|(?<=[\s,;*]))"
    r"(?:[A-Z][A-Z/&()+-]*[A-Z)](?: [A-Z/&()+-]+){0,4}|[A-Z][\w/'-]*(?: [a-z][\w/'-]*){0,2})$"
)
_CHOICE = re.compile(r"\[[a-zA-Z ]{1,30}(?:/[a-zA-Z ]{1,30}){1,8}\]")  # "[poor/fair/good]"
_FIRST = re.compile(r"[\w'+/-]+")
_ANSWER_END = re.compile(r"[.;,\n]|\s{2,}|\s-\s|\(|\s(?=[A-Z])")
LONGEST, MOST_WORDS, SHORT_VALUE, MOST_FORMS = 70, 8, 60, 20


class Segment(NamedTuple):
    """A label (without its colon; None for text before the first) and all that stands behind."""

    label: Place | None
    value: Place


def segments(text: str, start: int, end: int) -> list[Segment]:
    """text[start:end], a block, cut at its labels."""
    labels = [*_asked(text, _labels(text, start, end))]
    firsts = [label.start for label, _ in labels]
    before = trimmed(text, start, firsts[0] if firsts else end)
    found = [Segment(None, before)] if before.start < before.end else []
    for (label, mark), stop in zip(labels, [*firsts[1:], end], strict=False):
        while stop > mark + 1 and text[stop - 1] in "*_ ":
            stop -= 1
        found.append(Segment(label, trimmed(text, mark + 1, stop)))
    return found


def _asked(text: str, labels: Iterator[tuple[Place, int]]) -> Iterator[tuple[Place, int]]:
    """ "Pregnant? Y/N: N": the choice behind a question is no label of its own."""
    for label, last in labels:
        if text[label.start : label.end].casefold() in _CHOICES:
            low = max(0, label.start - LONGEST)
            low = max(low, text.rfind("\n", low, label.start) + 1)
            before = _BOUNDARY.split(text[low : label.start].rstrip(" ?:-"))[-1].lstrip(" -•*")
            stop = text.rfind(before, low, label.start) + len(before)
            label = Place(stop - len(before), stop) if before else label
        yield label, last


def _labels(text: str, start: int, end: int) -> Iterator[tuple[Place, int]]:
    """Each label and the last place of its colon."""
    free, has_label = start, False
    forms = [m.span() for m in _FORM.finditer(text, start, end)] if "{" in text[start:end] else []
    for mark in _MARK.finditer(text, start, end):
        at, last = mark.start(), mark.end() - 1
        if at < free or at == start or not _is_colon(text, mark, end):
            continue
        if any(first < at < stop for first, stop in forms[:MOST_FORMS]):
            continue
        label = _label(text, free, at, is_first=free == start, has_label=has_label)
        if label:
            yield label, last
            free, has_label = last + 1, True


def _is_colon(text: str, mark: re.Match[str], end: int) -> bool:
    """Not that of a time, a ratio or an address; other marks only before a plain answer."""
    at = mark.start()
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if mark[0] != ":":
        if mark[0] == "?" and (not (before.isalnum() or before in ')"') or not after.isspace()):
            return False
        ahead = text[mark.end() : min(end, mark.end() + SHORT_VALUE)].lstrip()
        stop = _ANSWER_END.search(ahead)
        is_filled = len(mark[0].strip()) > 3 or "=" in mark[0]
        return is_filled or answer_of(ahead[: stop.start()] if stop else ahead) is not None
    if after.isdecimal() and before.isdecimal():
        token = text[max(0, at - 12) : at].split()[-1:]
        return bool(token) and any(map(str.isalpha, token[0]))
    return after not in ("/", ":", ")") or (after == ")" and before.isspace())


def _label(text: str, free: int, at: int, *, is_first: bool, has_label: bool) -> Place | None:
    low = max(free, at - LONGEST)
    cut = low
    for boundary in _BOUNDARY.finditer(text, low, at):
        if boundary.end() < at:
            cut = boundary.end()
    is_start = cut > low or (low == free and (is_first or not has_label))
    if is_start:
        place = trimmed(text, cut, at)
        while place.start < place.end and text[place.start] in "-•* ":
            place = Place(place.start + 1, place.end)
        place = (
            trimmed_marks(text, place) or place
            if text[place.end - 1 : place.end] in "*_"
            else place
        )
        if is_label(text[place.start : place.end], is_first=is_first and cut == free):
            return place
    return _run_in(text, cut, at, has_label=has_label)


def is_label(name: str, *, is_first: bool = True) -> bool:
    """May these words before a colon name what stands behind it?"""
    name = name.strip("*_ ")
    if not name or len(name) > LONGEST or len(name.split()) > MOST_WORDS:
        return False
    if stance_of(name):
        return True
    if section_of(name):
        return is_first or not name[0].islower()
    if not (name[0].isalnum() or name[0] in "(+") or not any(map(str.isalpha, name)):
        return False
    if (name[0].islower() and not is_first) or any(
        m in name for m in ('"', "{", "}", "<", ">", "|", "@", "//")
    ):
        return False
    first = _FIRST.match(name.casefold())
    return name.count("(") == name.count(")") and not (
        first and first[0] in words("owners", "words")
    )


def _run_in(text: str, low: int, at: int, *, has_label: bool) -> Place | None:
    """ "SI:none HI:none", "Sleep: poor Appetite: fair", "three weeks. PMH asthma MEDS: none"."""
    found = _RUN_IN.search(text[low:at].rstrip(" *_"))
    if not found:
        return None
    place = Place(low + found.start(), low + found.end())
    name, before = found[0], text[low : place.start].strip()
    if name.isupper() and len(name) > 1 and (known := _known_end(text, place)):
        return known
    if not has_label or "\n" in name:
        return None
    is_short = len(before) < SHORT_VALUE and len(before.split()) < 5
    return place if (answer_of(before) or is_short) and is_label(name) else None


def _known_end(text: str, place: Place) -> Place | None:
    """Of a run of capitals the heading that it ends on: "NKDA MEDS"."""
    start = place.start
    while start < place.end:
        known = section_of(text[start : place.end])
        if known and known[0] is not Section.SCORES:
            return Place(start, place.end)
        blank = text.find(" ", start, place.end)
        start = blank + 1 if blank >= 0 else place.end
    return None


class Answer(NamedTuple):
    """What a value says of its label, and the rest of it that tells more."""

    stance: Stance
    detail: Place | None


def split_answer(text: str, value: Place) -> Answer | None:
    """A value that is an answer, or begins with one: "none since 2020", "Yes (amoxicillin)"."""
    while (
        value.end - value.start > 2 and text[value.start] in "-=" and text[value.start + 1] == " "
    ):
        value = trimmed(text, value.start + 1, value.end)
    said = text[value.start : value.end]
    if is_unfilled(said):
        return Answer(Stance.UNKNOWN, None)
    if stance := answer_of(said) or _unchosen(said):
        return Answer(stance, None)
    for size in (3, 2, 1):
        if answer := _beginning(text, value, said.split(None, size)[:size]):
            return answer
    return None


def _unchosen(said: str) -> Stance | None:
    """ "denies / endorses": a form's choice that nobody made."""
    told = {answer_of(choice) for choice in said[:60].split("/")} if "/" in said[:60] else set()
    return Stance.UNKNOWN if len(told) > 1 and None not in told else None


def _beginning(text: str, value: Place, first: list[str]) -> Answer | None:
    """The answer of so many first words, where what follows only explains it."""
    stop = value.start
    for word in first:
        stop = text.find(word, stop, value.end) + len(word)
    head = text[value.start : stop]
    joint = head.rstrip(",;:.-")
    stance = answer_of(joint) if joint.strip("+-() ") else None
    rest = trimmed(text, stop, value.end)
    if not stance or rest.start >= rest.end:
        return None
    behind = _FIRST.match(text[rest.start : rest.start + 20].casefold())
    if behind and behind[0] == "for" and joint.casefold() not in ("no", "none", "yes"):
        return None  # "negative for fever"
    is_joined = joint != head or text[rest.start] in words("answers", "joints")
    if not is_joined and _denies_another(joint, text[rest.start : rest.end]):
        return None
    if not is_joined and not (behind and behind[0] in words("answers", "details")):
        return None
    return Answer(stance, trimmed_marks(text, rest))


def _denies_another(answer: str, rest: str) -> bool:
    """ "Alcohol: no hx of seizures" says "no" to the seizures; "Alcohol: no recent use" to it."""
    said = _FIRST.findall(rest[:SHORT_VALUE].casefold())
    more = [*dropwhile(words("answers", "of_when").__contains__, said)]
    is_of = answer.casefold() == "no" and len(more) < len(said)
    own = words("answers", "own") | words("answers", "details")
    return is_of and bool(more) and more[0] not in own


def is_unfilled(said: str) -> bool:
    """A form's place that nobody filled: "***", "{mood:12345}", "@NAME@", "[insert]", "____"."""
    kept = said[:200].strip(" .;,")
    if not kept or (kept[0].isalnum() and kept[0] not in "lLxX"):
        return not kept
    if kept[0] + kept[-1] in ("@@", "{}") or _CHOICE.fullmatch(kept):
        return len(said) < 400 and len(kept) > 1
    return len(kept) < 60 and kept.casefold().startswith(listed("template", "placeholders"))
