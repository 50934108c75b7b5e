"""A note's text as its structure: the one walk over its lines."""

from dataclasses import dataclass, field, replace

from service.reading.layout import Place, Section, Stance, State, Structure
from service.reading.structure.blocks import header_item, read_block
from service.reading.structure.cells import read_table
from service.reading.structure.corrections import with_corrected
from service.reading.structure.entries import entry_head, iso_date
from service.reading.structure.flow import Flow, flow_of
from service.reading.structure.headings import Heading, heading_of, is_question
from service.reading.structure.lines import Line, is_aside, is_rule, lines_of
from service.reading.structure.page import Page, Setting
from service.reading.structure.phrases import informant, read_answer, read_talk
from service.reading.structure.states import (
    ends_pasted,
    is_quoted_line,
    is_template,
    pasted_mark,
    template_phrases,
    without_orders,
    without_struck,
)
from service.reading.structure.tables import table_at
from service.reading.structure.talk import Turn, ends_talk, turns_of, with_answers
from service.reading.structure.words import answer_of, fold, plain, section_of, words


def read_structure(text: str, *, section: Section = Section.OTHER) -> Structure:
    """The units of a note, in order. `section`: what the whole text is, where known."""
    page = Page(fold(text))
    page.templates = template_phrases(page.text)
    _Walk(page, lines_of(page.text), Setting(section=section)).run()
    units = list(without_orders(text, list(without_struck(page.text, page.finished()))))
    return Structure(tuple(with_answers(with_corrected(units, page.text), page.text)))


@dataclass(slots=True)
class _Walk:
    page: Page
    lines: list[Line]
    root: Setting
    setting: Setting = field(init=False)
    kept: Setting | None = None  # what held before pasted text began
    at: int = 0
    is_after_blank: bool = True
    is_paragraph_pasted: bool = False
    turns: dict[int, Turn] = field(init=False)
    flow: Flow = field(init=False)
    is_shouted: bool = field(init=False)

    def __post_init__(self) -> None:
        self.setting = self.root
        text = self.page.text
        self.turns = turns_of(text, self.lines)
        self.flow = flow_of(self.page, self.lines)
        self.is_shouted = sum(map(str.isupper, text)) > sum(map(str.islower, text))

    def run(self) -> None:
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line.is_blank:
                self._blank()
            elif not self._special(line):
                self._block(line)
            if not line.is_blank:
                self.is_after_blank = False

    def _blank(self) -> None:
        self.is_after_blank = True
        self.at += 1
        if self.is_paragraph_pasted:
            self._end_pasted()

    def _end_pasted(self) -> None:
        if self.kept:
            self.setting, self.kept, self.is_paragraph_pasted = self.kept, None, False

    def _said(self, line: Line, most: int = 400) -> str:
        return self.page.text[line.start : min(line.end, line.start + most)]

    def _special(self, line: Line) -> bool:
        """A rule, a turn of talk, a template's line, a pasted note's mark, a table or a heading."""
        said = self._said(line)
        if is_rule(said) and is_aside(said):
            if self.kept:
                self._end_pasted()
            self.at += 1
            return True
        return (
            self._talk(line)
            or self._pasted(line, said)
            or self._template(line, said)
            or self._table()
            or self._answered_below(line, said)
            or self._heading(line)
        )

    # --- talk ---

    def _talk(self, line: Line) -> bool:
        is_on = self.setting.section is Section.TALK and self.setting.speaker != ""
        if self.at not in self.turns and (not is_on or ends_talk(self.page.text, line)):
            self.setting = self.root if is_on else self.setting
            return False
        self.setting = read_talk(self.page, Place(line.start, line.end), self.setting)
        self.at += 1
        return True

    # --- text that does not count as said here ---

    def _pasted(self, line: Line, said: str) -> bool:
        if self.kept and ends_pasted(said):
            self._end_pasted()
            return plain(said.strip("-=*~ ")).startswith("end") and self._form(line)
        if is_quoted_line(said):
            quoted = replace(self.root, state=State.PASTED)
            read_block(self.page, line.start + 1, line.end, quoted, root=quoted)
            self.at += 1
            return True
        mark = pasted_mark(said)
        if mark is None:
            return False
        header = Place(line.start, line.start + mark)
        self.kept = self.kept or self.setting
        known = section_of(said[:mark].partition("(")[0]) if "(" in said[:mark] else None
        section = known[0] if known else self.root.section
        dated = iso_date(said[:mark])
        self.setting = replace(
            self.root, state=State.PASTED, header=header, dated=dated, style="", section=section
        )
        self.page.open(header, self.setting, is_known=True)
        self.is_paragraph_pasted = not is_aside(said[mark:])
        if self.is_paragraph_pasted:
            self._read(header.end, line)
        else:
            self.at += 1
        return True

    def _template(self, line: Line, said: str) -> bool:
        if line.end - line.start > 400 or not is_template(said, self.page.templates):
            return False
        return self._form(line)

    def _form(self, line: Line) -> bool:
        """A line that is nobody's finding."""
        self.page.add(Place(line.start, line.end), self.root, state=State.TEMPLATE)
        self.at += 1
        return True

    # --- tables and headings ---

    def _table(self) -> bool:
        table = table_at(self.page.text, self.lines, self.at)
        if not table:
            return False
        read_table(self.page, table, self.setting)
        self.at = table.end
        return True

    def _answered_below(self, line: Line, said: str) -> bool:
        """ "Psychosis" over "None", or over the boxes of its answers."""
        if self.at + 1 >= len(self.lines) or self.setting.stance is not Stance.PLAIN:
            return False
        below = self.lines[self.at + 1]
        if below.is_blank or not is_question(said[line.body - line.start :]):
            return False
        last = self.flow.answers(self.at + 1)
        if last:
            read_block(self.page, line.body, self.lines[last].end, self.setting, root=self._root())
        elif not answer_of(self._said(below)) or below.indent < line.indent:
            return False
        else:
            value = Place(below.start, below.end)
            read_answer(self.page, Place(line.body, line.end), value, self.setting)
        self.at = (last or self.at + 1) + 1
        return True

    def _heading(self, line: Line) -> bool:
        under = self.lines[self.at + 1] if self.at + 1 < len(self.lines) else None
        is_apart = self.is_after_blank and not self.is_shouted
        heading = heading_of(self.page.text, line, after_blank=is_apart, under=under)
        if not heading or self._is_item(heading):
            return False
        self.setting = self._under(heading)
        if heading.rest < line.end:
            self._read(heading.rest, line)
        else:
            self.at += 1
        return True

    def _is_item(self, heading: Heading) -> bool:
        """A word in a list that is a heading's elsewhere: "Symptoms" among what is denied."""
        s = self.setting
        return (
            s.outer is not None
            and not self.is_after_blank
            and heading.style == "Title"
            and not s.is_firm
        )

    def _under(self, heading: Heading) -> Setting:
        """A heading that nobody knows stands under the one before it, unless written like it."""
        is_correction = plain(heading.name).split()[:1] and plain(heading.name).split()[0] in words(
            "corrections", "labels"
        )
        old = self.setting
        while old.outer:
            old = old.outer
        base = replace(self.root, state=old.state, dated=old.dated, header=heading.place)
        known = heading.section is not None
        self.page.open(heading.place, base, is_known=known or not is_correction)
        if heading.section or heading.stance:
            section = heading.section or old.section
            stance = heading.stance or Stance.PLAIN
            who = informant(heading.name) if section is Section.COLLATERAL else ""
            told = replace(base, section=section, stance=stance, style=heading.style)
            return replace(told, speaker=who)
        if is_correction or heading.style == old.style:
            return base
        return replace(old, header=heading.place, lead=None, list_of=-1)

    # --- blocks ---

    def _block(self, line: Line) -> None:
        head = entry_head(self.page.text, line.body, line.end)
        if not head:
            self._read(line.body, line)
            return
        place, day = head
        before, count = self.setting, len(self.page.units)
        lasts = self._lasts(place)
        self.setting = (
            replace(self.root, dated=day, state=before.state)
            if lasts
            else replace(before, dated=day)
        )
        self._read(place.end, line)
        if not lasts:
            self.setting = before
        self.page.take_in(line.start, place.end, count)

    def _lasts(self, place: Place) -> bool:
        """Does the date open an entry of its own, rather than tell when one item was?"""
        text = self.page.text
        after = text[place.end : place.end + 20].casefold()
        is_addendum = any(after.startswith(label) for label in words("corrections", "labels"))
        has_no_list = not self.setting.outer and not self.lines[self.at].marker
        opens = has_no_list and self.setting.header is None
        return text[place.start] == "[" or is_addendum or opens

    def _read(self, start: int, line: Line) -> None:
        """The block that begins on this line, its lists left and entered as the lines tell."""
        while self.setting.outer and self.flow.is_over(
            self.setting, line, after_blank=self.is_after_blank
        ):
            self.setting = self.setting.outer
        last = self.flow.last(self.at, self.setting)
        is_item = bool(line.marker)
        setting = self.setting
        if setting.outer and not setting.is_run_in and setting.indent < 0:
            setting = replace(
                setting, indent=line.indent, marker=line.marker, is_loose=self.is_after_blank
            )
        setting = self._numbered(line, setting)
        self.setting = setting
        end = self.lines[last].end
        count = len(self.page.units)
        first = 2 if line.marker[:1] == "1" else 1
        is_header = self._is_set_in(last + 1, line, is_item=is_item)
        told = header_item(self.page, Place(start, end), setting) if is_header else None
        after = told or read_block(self.page, start, end, setting, root=self._root(), first=first)
        is_opened = after.outer is setting and not after.is_run_in
        if is_opened:
            after = replace(after, header_indent=line.indent + is_item)
        if not is_item or is_opened:
            self.setting = after
        if is_item and start == line.body:
            self.page.take_in(line.start, start, count)
        self.at = last + 1

    def _root(self) -> Setting:
        return replace(self.root, state=self.setting.state, dated=self.setting.dated)

    def _is_set_in(self, number: int, line: Line, *, is_item: bool) -> bool:
        below = self.lines[number] if number < len(self.lines) else line
        return below.indent > line.indent or (bool(below.marker) and not is_item)

    def _numbered(self, line: Line, setting: Setting) -> Setting:
        """Items that follow each other are of one list."""
        if setting.outer and not setting.is_run_in and setting.list_of < 0:
            return replace(setting, list_of=self.page.next_list())
        if setting.outer and not setting.is_run_in:
            return setting
        if not line.marker:
            return replace(setting, list_of=-1) if setting.list_of >= 0 else setting
        if setting.list_of < 0 or self.is_after_blank:
            return replace(setting, list_of=self.page.next_list())
        return setting
