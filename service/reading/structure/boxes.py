"""Tick boxes in all their forms: what is ticked, what is not, and which answer is chosen."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from service.reading.layout import Place, Stance
from service.reading.structure.sentences import sentences, trimmed, trimmed_marks
from service.reading.structure.words import answer_of, words

_BOX = re.compile(
    r"\[\s{0,3}[xX*✓✔✗✘]?\s{0,3}\]|\(\s{0,3}[xX✓✔]\s{0,3}\)|\(\s{1,3}\)|[☐☑☒✓✔✗✘☓□🗹]|[■◉⦿⊠](?=\s?[A-Za-z])|\((?:o|O|●|•|\.)\)(?=\s?[A-Z])"
    r"|\|(?:Yes|No|Y|N|yes|no)\||\((?:Y|N|Yes|No|YES|NO)\)|<[xX ]>|(?<!\w)_{1,3}[xX✓]_{1,3}(?!\w)"
)
_BLANK = re.compile(r"(?<!\w)_{2,5}(?=\s?[A-Za-z])")  # beside "_x_" an empty one
_ON = frozenset("xX*✓✔☑🗹■◉⦿⊠oO●•.")
_OPTIONS = r"(?:yes|no|y|n|present|absent|positive|negative|n/a|unknown|denied|denies|endorsed)"
_LAST_OPTION = re.compile(rf"(?:^|(?<=[\s:/(]))(?P<option>{_OPTIONS})[\s:/]{{0,4}}$", re.I)
_FIRST_OPTION = re.compile(rf"[\s/]{{0,4}}(?P<option>{_OPTIONS})(?![\w'])[.,;/]?", re.I)
_QUESTION_END = ":?"
NEAR = 400  # characters before and behind


class Tick(NamedTuple):
    """A box: the question before it, its own words, whether it is ticked; the box is inside."""

    start: int
    end: int
    question: Place | None
    option: Place
    is_on: bool


class Ticked(NamedTuple):
    place: Place
    parts: tuple[Place, ...]
    stance: Stance


def marks_in(text: str, start: int, end: int) -> list[re.Match[str]]:
    """The boxes of a line. A cross or tick that stands alone in running words is none."""
    found = list(_BOX.finditer(text, start, end))
    is_blank = text[start : start + 2] == "__" and _has_ticked_blank(text, start, end)
    if is_blank or any(m[0].startswith("_") for m in found):
        found += [m for m in _BLANK.finditer(text, start, end) if not _within(m, found)]
        found.sort(key=re.Match.start)
    return found


def _has_ticked_blank(text: str, start: int, end: int) -> bool:
    """Is there a "_x_" in the lines around?"""
    around = text[max(0, start - NEAR) : end + NEAR].casefold()
    return any(mark in around for mark in ("_x_", "_✓_"))


def _within(mark: re.Match[str], others: Iterable[re.Match[str]]) -> bool:
    return any(o.start() <= mark.start() < o.end() for o in others)


def read_boxes(text: str, start: int, end: int, marks: list[re.Match[str]]) -> list[Ticked]:
    """What a line with boxes says; words before the first that are no question are left out."""
    ticks = list(_ticks(text, start, end, marks))
    found: list[Ticked] = []
    for group in _groups(text, ticks):
        found += _answered(text, group) or _told(text, group)
    return found


def _ticks(text: str, start: int, end: int, marks: list[re.Match[str]]) -> Iterator[Tick]:
    if _is_pair(text, marks, end):
        return _paired(text, start, end, marks)
    if any(_is_circled(m) for m in marks):
        return _circled(text, start, end, marks)
    first = text[start : marks[0].start()].strip(" \t-*•")
    is_behind = (
        first and first[-1] not in _QUESTION_END and not text[marks[-1].end() : end].strip(" .;,|/")
    )
    return _behind(text, start, end, marks) if is_behind else _before(text, start, end, marks)


def _is_pair(text: str, marks: list[re.Match[str]], end: int) -> bool:
    """ "[ ] [x] SI" under the columns Yes and No."""
    is_two = len(marks) == 2 and not text[marks[0].end() : marks[1].start()].strip()
    return is_two and any(map(str.isalpha, text[marks[1].end() : end]))


def _paired(text: str, start: int, end: int, marks: list[re.Match[str]]) -> Iterator[Tick]:
    """Two ticks of the label behind them, of which the first is its yes and the second its no."""
    yes, no = (_is_on(text, mark) for mark in marks)
    label = trimmed(text, marks[1].end(), end)
    option = Place(label.start, label.start)
    yield Tick(max(start, marks[0].start()), label.end, label, option, yes != no and yes)


def _is_circled(mark: re.Match[str]) -> bool:
    return mark[0][1:-1].casefold() in ("y", "n", "yes", "no")


def _is_on(text: str, mark: re.Match[str]) -> bool:
    """Ticked; "☒" is too, but beside "☑" it is the opposite."""
    if mark[0] == "☒":
        line = text[max(0, mark.start() - 300) : mark.end() + 300]
        return "☑" not in line or "☐" in line
    return any(char in _ON for char in mark[0])


def _circled(text: str, start: int, end: int, marks: list[re.Match[str]]) -> Iterator[Tick]:
    """ "SI (Y) N", "HI Yes |No|": the answer stands in the mark."""
    at = start
    for mark in marks:
        if not _is_circled(mark):
            continue
        question = trimmed(text, at, mark.start())
        while last := _LAST_OPTION.search(text, question.start, question.end):
            question = trimmed(text, question.start, last.start())
        stop = mark.end()
        while following := _FIRST_OPTION.match(text, stop, end):
            stop = following.end()
        option = Place(mark.start() + 1, mark.end() - 1)
        yield Tick(question.start, stop, _kept(text, question), option, True)
        at = stop


def _behind(text: str, start: int, end: int, marks: list[re.Match[str]]) -> Iterator[Tick]:
    """ "SI [x]  HI [ ]", "Alcohol: Yes [ ] No [x]": the box stands behind its words."""
    at = start
    for mark in marks:
        said = trimmed(text, at, min(mark.start(), end))
        last = _LAST_OPTION.search(text, said.start, said.end)
        question, option = None, said
        if last:
            option = Place(last.start("option"), last.end("option"))
            question = trimmed(text, said.start, last.start("option"))
            while other := _LAST_OPTION.search(text, question.start, question.end):
                question = trimmed(text, question.start, other.start())  # "SI Y N[x]"
        elif (colon := text.rfind(":", said.start, said.end)) >= 0:
            question, option = Place(said.start, colon), trimmed(text, colon + 1, said.end)
        yield Tick(said.start, mark.end(), _kept(text, question), option, _is_on(text, mark))
        at = mark.end()


def _before(text: str, start: int, end: int, marks: list[re.Match[str]]) -> Iterator[Tick]:
    """ "[x] SI  [ ] HI", "Alcohol use: ( ) Yes (X) No": the box stands before its words."""
    question = _kept(text, trimmed(text, start, marks[0].start()))
    begin = question.start if question else marks[0].start()
    stops = [m.start() for m in marks[1:]] + [end]
    for mark, stop in zip(marks, stops, strict=True):
        said = trimmed(text, mark.end(), stop)
        option, rest = _cut(text, said, is_last=stop == end)
        yield Tick(begin, option.end, question, option, _is_on(text, mark))
        question, begin = (_kept(text, rest), rest.start) if rest else (None, stop)


def _cut(text: str, said: Place, *, is_last: bool) -> tuple[Place, Place | None]:
    """An answer apart from the next question behind it: "No  HI" before "[x] Yes"."""
    first = _FIRST_OPTION.match(text, said.start, said.end)
    if not first or is_last:
        return said, None
    option, rest = trimmed(text, said.start, first.end()), trimmed(text, first.end(), said.end)
    is_apart = rest.start > first.end() + 1 or first[0][-1] in ",;/" or text[rest.end - 1] in ":?"
    is_question = rest.start < rest.end and text[rest.start].isalnum() and is_apart
    return (option, rest) if is_question else (said, None)


def _kept(text: str, place: Place | None) -> Place | None:
    return trimmed_marks(text, place) if place and place.start < place.end else None


def _groups(text: str, ticks: list[Tick]) -> Iterator[list[Tick]]:
    """Boxes of one question; without one the answers that stand side by side."""
    group: list[Tick] = []
    for tick in ticks:
        is_other = group and _is_answer(text, group[-1]) != _is_answer(text, tick)
        if group and (tick.question or (is_other and not group[0].question)):
            yield group
            group = []
        group.append(tick)
    if group:
        yield group


def _is_answer(text: str, tick: Tick) -> bool:
    return _answer(text, tick) is not None


def _answer(text: str, tick: Tick) -> Stance | None:
    said = text[tick.option.start : tick.option.end]
    first = _FIRST_OPTION.match(said)
    is_led = first and not said[first.end() :].strip(" :-,(")[:1].isalpha()
    return answer_of(said) or (
        answer_of(first["option"]) if first and (is_led or ":" in said or "," in said) else None
    )


def _answered(text: str, group: list[Tick]) -> list[Ticked]:
    """Where all boxes of a question are answers: the one chosen, UNKNOWN for none or two."""
    stances = [_answer(text, tick) for tick in group]
    if not all(stances):
        return []
    chosen = {stance for stance, tick in zip(stances, group, strict=True) if tick.is_on}
    stance = chosen.pop() if len(chosen) == 1 else Stance.UNKNOWN
    question = group[0].question
    place = Place(group[0].start, group[-1].end)
    detail = [
        t.option for t in group if t.is_on and not answer_of(text[t.option.start : t.option.end])
    ]
    parts = ((question,) if question else ()) + tuple(detail if stance else ())
    return [Ticked(place, parts, stance or Stance.UNKNOWN)]


def _told(text: str, group: list[Tick]) -> Iterator[Ticked]:
    """Each box by itself: ticked is a yes to its words, unticked a no, unless they deny."""
    question = group[0].question
    for tick in group:
        option = next(sentences(text, tick.option.start, tick.option.end), tick.option)
        stance = Stance.YES if tick.is_on else unticked(text[option.start : option.end])
        parts = in_order(text, question, option) if question else (option,)
        yield Ticked(
            Place(tick.start, tick.option.end if tick.end < option.end else tick.end), parts, stance
        )


def in_order(text: str, name: Place, kind: Place) -> tuple[Place, Place]:
    """A thing and which kind of it, as they are said: "visual hallucinations"."""
    said = text[kind.start : kind.end].rstrip(" .")
    is_kind = said.casefold() in words("items", "qualifiers")
    return (Place(kind.start, kind.start + len(said)), name) if is_kind else (name, kind)


def unticked(label: str) -> Stance:
    """A box left empty before words that deny says nothing; before others it says no."""
    said = label.casefold().replace("/", " ").split()
    denies = bool(said) and said[0].strip(".,:") in words("denying", "first")
    return Stance.UNKNOWN if denies or words("denying", "any") & set(said) else Stance.NO
