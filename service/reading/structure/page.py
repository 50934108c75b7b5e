"""What holds where the reading stands, and the units read so far."""

from bisect import bisect_right
from dataclasses import dataclass, field, replace

from service.reading.layout import Place, Section, Stance, State, Unit
from service.reading.structure.lines import is_aside


@dataclass(frozen=True, slots=True)
class Setting:
    """What a unit takes over from where it stands.

    `lead` are words that are read with each unit ("He was given the following:"). `outer` is the
    setting to which the end of a list leads back, None where only a heading ends it; `indent` and
    `marker` are those of the list's items, -1 before its first. `is_firm` where a heading of the
    field opened the list: then a blank line alone does not end it. `style` is how the heading
    that gave the section is written.
    """

    section: Section = Section.OTHER
    stance: Stance = Stance.PLAIN
    state: State = State.STANDS
    header: Place | None = None
    lead: Place | None = None
    speaker: str = ""
    dated: str = ""
    list_of: int = -1
    outer: "Setting | None" = None
    indent: int = -1
    marker: str = ""
    header_indent: int = -1
    is_firm: bool = False
    is_run_in: bool = False
    is_loose: bool = False
    style: str = ""


@dataclass(slots=True)
class Page:
    """`text` is folded: as long as the note, its places the note's own."""

    text: str
    units: list[Unit] = field(default_factory=list)
    headers: list[tuple[Place, Setting, bool]] = field(default_factory=list)
    lists: int = 0
    templates: tuple[str, ...] = ()

    def said(self, place: Place) -> str:
        return self.text[place.start : place.end]

    def add(
        self,
        place: Place,
        setting: Setting,
        *,
        parts: tuple[Place, ...] = (),
        stance: Stance | None = None,
        state: State | None = None,
    ) -> None:
        """A unit; without anything that says something, none."""
        if is_aside(self.said(place)):
            return
        lead = (setting.lead,) if setting.lead else ()
        told = tuple(part for part in parts if part.start < part.end)
        self.units.append(
            Unit(
                place=place,
                parts=(*lead, *(told or (place,))),
                section=setting.section,
                stance=setting.stance if stance is None else stance,
                state=setting.state if state is None else state,
                header=setting.header,
                speaker=setting.speaker,
                dated=setting.dated,
                list_of=setting.list_of,
            )
        )

    def take_in(self, start: int, stop: int, count: int) -> None:
        """What stands at text[start:stop], a number or a date, belongs to the first unit read since
        there were `count`; without one it stands alone."""
        if is_aside(self.text[start:stop]):
            return
        first = self.units[count] if count < len(self.units) else None
        header = first.header if first else None
        if first and not (header and start <= header.start < first.place.start):
            if start < first.place.start:
                self.units[count] = replace(first, place=Place(start, first.place.end))
            return
        while stop > start and self.text[stop - 1].isspace():
            stop -= 1
        self.add(Place(start, stop), Setting(), state=State.TEMPLATE)

    def open(self, header: Place, setting: Setting, *, is_known: bool) -> None:
        """A header: where nothing comes to stand under it, it becomes a unit of its own."""
        self.headers.append((header, setting, is_known))

    def next_list(self) -> int:
        self.lists += 1
        return self.lists - 1

    def finished(self) -> list[Unit]:
        """The units in order, with those headers that no unit has."""
        used = {unit.header for unit in self.units} | {u.parts[0] for u in self.units}
        places = sorted(unit.place for unit in self.units)
        for header, setting, is_known in self.headers:
            if header not in used and not _is_inside(header, places):
                used.add(header)
                state = State.TEMPLATE if is_known else setting.state
                blank = self.text[header.end - 1 : header.end + 1].strip()[-1:] == ":"
                stance = Stance.UNKNOWN if blank else Stance.PLAIN
                alone = replace(setting, lead=None, header=None)
                self.add(header, alone, state=state, stance=stance)
        return sorted(self.units, key=lambda unit: unit.place)


def _is_inside(header: Place, places: list[Place]) -> bool:
    at = bisect_right(places, (header.start, header.end)) - 1
    behind = places[at + 1] if at + 1 < len(places) else None
    is_met = behind is not None and behind.start < header.end
    return is_met or (at >= 0 and places[at].end > header.start)
