"""Text that does not count as said here and now: templates, pasted older notes, struck words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from service.reading.layout import Place, State, Unit
from service.reading.orders import left_out
from service.reading.structure.labels import is_unfilled
from service.reading.structure.lines import is_aside
from service.reading.structure.sentences import trimmed
from service.reading.structure.words import listed, plain, words

_STRUCK = re.compile(
    r"~~(?=\S)(?P<tilde>[^~\n]{1,500})~~|<(?P<tag>del|s|strike)>(?P<inner>[^<]{1,2000})</(?P=tag)>",
    re.IGNORECASE,
)
# "HPI (copied forward 2/1/26):", "[Carried over from 10/2025]".
_BRACKETED = re.compile(
    r"(?P<name>[A-Za-z][A-Za-z /&]{0,40}?)?\s?(?P<open>[(\[])(?P<inside>[^()\[\]\n]{2,60})"
    r"[)\]](?:\s?:|(?<=\]))"
)
_MARKS = " \t-=*_~#>[("


def template_phrases(text: str) -> tuple[str, ...]:
    """Those phrases of templates that the note has anywhere: most notes have none."""
    whole = text.casefold()
    return tuple(p for p in listed("template", "phrases") if p in whole)


def is_template(said: str, phrases: tuple[str, ...]) -> bool:
    """A line of the form's or the system's own words: a signature, a disclaimer, a placeholder."""
    if len(said) > 600:
        return False
    told = said.casefold()
    if any(phrase in told for phrase in phrases):
        return True
    if told.startswith(listed("template", "starts")) or is_unfilled(said):
        return True
    return len(said) < 60 and _is_signature(said)


def _is_signature(said: str) -> bool:
    """ "C. Fontaine MD", "H. Ito, PharmD": names, and behind them a degree."""
    names = [w.strip(",.;()") for w in said.split()]
    is_degree = names[-1].casefold() in words("template", "credentials")
    return is_degree and 1 < len(names) <= 6 and all(w[:1].isupper() for w in names if w)


def pasted_mark(said: str) -> int | None:
    """Where the text behind "Copied from previous note:" begins; None without such words."""
    lead = len(said) - len(said.lstrip(_MARKS))
    told = said[lead : lead + 80].casefold()
    bracket = _BRACKETED.match(said)
    if bracket and (bracket["name"] or bracket["open"] == "["):
        inside = bracket["inside"].casefold()
        begins = listed("pasted", "begins")
        if inside.startswith(begins) or any(b in inside for b in begins if " " in b):
            return bracket.end()
    if lead > 1 and any(b in told for b in listed("pasted", "begins") if " " in b):
        return len(said)
    if not told.startswith(listed("pasted", "begins")):
        return None
    colon = said.find(":", lead, lead + 80)
    if colon >= 0:
        return colon + 1
    is_alone = len(said) - lead < (60 if not lead else 120) and not said.rstrip().endswith(".")
    return len(said) if is_alone else None


def ends_pasted(said: str) -> bool:
    told = plain(said[:60].strip(_MARKS))
    name, colon, _ = said[:60].casefold().partition(":")
    if colon and words("pasted", "present") & set(name.split()):
        return True
    if said[:1] == "[" and _BRACKETED.match(said):
        return True
    return any(
        told == end or told.startswith((f"{end}:", f"{end} (", f"{end} -"))
        for end in listed("pasted", "ends")
    ) or (told.startswith("end ") and any(w in told for w in listed("pasted", "ended")))


def is_quoted_line(said: str) -> bool:
    """ "> earlier text", as mail and messages quote; not "> 60"."""
    return said[:1] == ">" and said[1:].lstrip(" >")[:1].isalpha() and said[1:2] in " >"


def without_struck(text: str, units: list[Unit]) -> Iterator[Unit]:
    """The units, cut where struck-out words begin and end; those get their state."""
    spans = [(m.span(), m.span("tilde" if m["tilde"] else "inner")) for m in _STRUCK.finditer(text)]
    return cut_out(text, units, spans, State.STRUCK)


def without_orders(text: str, units: list[Unit]) -> Iterator[Unit]:
    """The units, cut where whoever retells the text is told what to say."""
    return cut_out(text, units, [(span, span) for span in left_out(text)], State.ADDRESSED)


def cut_out(
    text: str,
    units: list[Unit],
    spans: Sequence[tuple[tuple[int, int], tuple[int, int]]],
    state: State,
) -> Iterator[Unit]:
    """The units cut at the spans, in order, each given with and without its marks."""
    at = 0
    is_phrase = state is State.STRUCK  # what is left of it goes on behind: "Weight ~~92~~ 72 kg"
    for unit in units:
        while at < len(spans) and spans[at][0][1] <= unit.place.start:
            at += 1
        here = at
        while here < len(spans) and spans[here][0][0] < unit.place.end:
            whole, inner = (_clipped(span, unit.place) for span in spans[here])
            yield from _before(text, unit, whole.start)
            if not is_aside(text[whole.start : whole.end]):
                yield _struck(unit, whole, inner if inner.start < inner.end else whole, state)
            before = unit.parts if is_phrase and whole.start > unit.place.start else ()
            unit = _from(text, unit, whole.end)
            kept = (cut for cut in (_upto(text, part, whole.start) for part in before) if cut)
            unit = replace(unit, parts=tuple(dict.fromkeys((*kept, *unit.parts))))
            here += 1
        if not is_aside(text[unit.place.start : unit.place.end]):
            yield unit


def _clipped(span: tuple[int, int], within: Place) -> Place:
    start = min(max(span[0], within.start), within.end)
    return Place(start, min(max(span[1], start), within.end))


def _before(text: str, unit: Unit, stop: int) -> Iterator[Unit]:
    place = trimmed(text, unit.place.start, stop)
    if not is_aside(text[place.start : place.end]):
        yield replace(unit, place=place, parts=within(text, unit, place))


def _upto(text: str, part: Place, stop: int) -> Place | None:
    cut = trimmed(text, part.start, min(part.end, stop)) if part.start < stop else part
    return cut if cut.start < cut.end and cut.end <= stop else None


def _struck(unit: Unit, whole: Place, inner: Place, state: State) -> Unit:
    outside = tuple(p for p in unit.parts if p.end <= unit.place.start)
    return replace(unit, place=whole, parts=(*outside, inner), state=state)


def _from(text: str, unit: Unit, start: int) -> Unit:
    place = trimmed(text, min(start, unit.place.end), unit.place.end)
    return replace(unit, place=place, parts=within(text, unit, place))


def within(text: str, unit: Unit, place: Place) -> tuple[Place, ...]:
    """Its parts, those inside the unit cut to a place; parts told elsewhere stay."""
    kept = []
    for part in unit.parts:
        if part.end <= unit.place.start or part.start >= unit.place.end:
            kept.append(part)
            continue
        cut = trimmed(text, max(part.start, place.start), min(part.end, place.end))
        if cut.start < cut.end:
            kept.append(cut)
    return tuple(kept) or (place,)
