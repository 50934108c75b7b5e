"""Where a list ends, and which lines a block runs on to."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.reading.layout import Section, Stance
from service.reading.structure.boxes import marks_in
from service.reading.structure.entries import entry_head
from service.reading.structure.headings import (
    continues,
    heading_of,
    is_labelled,
    is_narrow,
    is_own_sentence,
)
from service.reading.structure.labels import is_label
from service.reading.structure.lines import Line, is_rule
from service.reading.structure.page import Page, Setting
from service.reading.structure.states import is_template, pasted_mark
from service.reading.structure.talk import speaker_of
from service.reading.structure.words import answer_of

_LISTS = frozenset(
    {
        Section.MEDICINES,
        Section.PAST_MEDICINES,
        Section.ALLERGIES,
        Section.VITALS,
        Section.SCORES,
        Section.DIFFERENTIAL,
    }
)
NEARLY, LONG_LINE, WIDEST = 15, 50, 130  # beyond the widest a note is not wrapped at all


@dataclass(frozen=True, slots=True)
class Flow:
    """How the lines of a note run on. `width` is where they were wrapped, 0 where they were not."""

    page: Page
    lines: Sequence[Line]
    width: int
    is_small: bool = False  # all lines begin with small letters

    def is_over(self, s: Setting, line: Line, *, after_blank: bool) -> bool:
        """Does the list (or the run-in section) end before this line?"""
        said = self.page.text[line.body : min(line.end, line.body + 160)]
        if s.is_run_in:
            return self._is_past_run_in(line, s, said, after_blank=after_blank)
        is_own = not line.marker and is_own_sentence(said)
        if s.indent < 0:
            is_out = line.indent < s.header_indent
            if after_blank and s.lead and self._label_of(line):
                return True
            return is_out or (is_own and (after_blank or not (s.lead or s.is_firm)))
        if line.indent < s.indent or (s.marker and not line.marker and line.indent <= s.indent):
            return not s.is_firm or is_own or line.indent < s.header_indent
        if after_blank and s.lead and self._label_of(line):
            return True
        if after_blank and not (s.is_loose and line.marker == s.marker):
            return not s.is_firm or is_own
        return is_own or self._is_other_label(s, line)

    def _is_past_run_in(
        self, line: Line, setting: Setting, said: str, *, after_blank: bool
    ) -> bool:
        """Behind "PMH: asthma" a line with a label of its own is no history any more."""
        label = self._label_of(line)
        is_list = setting.stance in (Stance.STOPPED, Stance.HELD)
        if not (is_list or is_narrow(setting.section)):
            is_kin = setting.section is Section.FAMILY and bool(speaker_of(label))
            return bool(label) and not (is_labelled(setting.section) or is_kin)
        goes_on = continues(setting.section, said, is_list=is_list) and not label
        return after_blank or not (goes_on or line.marker)

    def _is_other_label(self, s: Setting, line: Line) -> bool:
        """A label among bare lines that had none: "Mood: good" after what is denied."""
        return (
            not (s.marker or s.is_firm or s.lead) and self._label_of(line) != "" and not line.marker
        )

    def _label_of(self, line: Line) -> str:
        said = self.page.text[line.start : min(line.end, line.start + 70)]
        name, colon, _ = said.partition(":")
        return name.strip() if colon and is_label(name.strip()) else ""

    def last(self, at: int, s: Setting) -> int:
        """The number of the last line that the block runs on to."""
        first = self.lines[at]
        if marks_in(self.page.text, first.start, min(first.end, first.start + 400)):
            return self._answers(at)
        is_bare = not first.marker and _is_list(s)
        while at + 1 < len(self.lines) and self._wraps(at, first, is_bare=is_bare):
            at += 1
        return at

    def answers(self, at: int) -> int:
        """The last line of two or more that hold the boxes of one question from here; else 0."""
        last = self._answers(at)
        return last if last > at else 0

    def _answers(self, at: int) -> int:
        """The last of the lines that hold the boxes of one question ("[ ] Yes" over "[x] No")."""
        last = at
        while last < len(self.lines) and self._is_answer_box(self.lines[last]):
            last += 1
        return max(at, last - 1)

    def _is_answer_box(self, line: Line) -> bool:
        said = self.page.text[line.start : min(line.end, line.start + 60)]
        marks = marks_in(said, 0, len(said)) if len(said) < 60 else []
        return (
            len(marks) == 1
            and answer_of(said[: marks[0].start()] + said[marks[0].end() :].strip()) is not None
        )

    def _wraps(self, at: int, first: Line, *, is_bare: bool) -> bool:
        """Does the line behind go on with this one? `is_bare`: lines without marks are items."""
        line, following, text = self.lines[at], self.lines[at + 1], self.page.text
        if following.is_blank or following.marker or text[line.end - 1] in ".!?:":
            return False
        length = line.end - line.start
        is_set_in = bool(first.marker) and following.indent > first.indent
        is_item = is_bare or self.is_small
        is_small = text[following.start].islower() and (not is_item or length >= LONG_LINE)
        word = len(
            text[following.start : min(following.end, following.start + 40)].split(None, 1)[0]
        )
        is_full = bool(self.width) and length >= LONG_LINE and length + 1 + word >= self.width
        is_open = text[line.end - 1] == ","
        return (is_set_in or is_small or is_full or is_open) and not self._begins_anew(following)

    def _begins_anew(self, line: Line) -> bool:
        text = self.page.text
        said = text[line.start : min(line.end, line.start + 400)]
        return bool(
            self._label_of(line)
            or is_rule(said)
            or marks_in(text, line.start, min(line.end, line.start + 400))
            or is_template(said, self.page.templates)
            or pasted_mark(said) is not None
            or entry_head(text, line.start, line.end)
            or heading_of(text, line, after_blank=False, under=None)
        )


def flow_of(page: Page, lines: Sequence[Line]) -> Flow:
    """Lines are wrapped where several are nearly as long as the longest."""
    lengths = [line.end - line.start for line in lines]
    longest = max(lengths, default=0)
    full = sum(length > longest - NEARLY for length in lengths)
    is_small = len(lines) > 2 and not any(
        page.text[line.start : line.start + 1].isupper() for line in lines
    )
    return Flow(page, lines, longest if full > 1 and longest <= WIDEST else 0, is_small)


def _is_list(s: Setting) -> bool:
    """Are bare lines items here, also where they begin small?"""
    is_of_list = s.section in _LISTS and s.header is not None
    return not s.is_run_in and (s.outer is not None or is_of_list)
