"""The whole course of one medicine in a row: doses, response, harm, what ended it, from and to."""

import re
from collections.abc import Collection, Hashable, Iterable, Iterator

from service.drafting.citing import cite
from service.drafting.telling import glue
from service.drafting.telling.dosing import Dosing, dosing, is_taken
from service.drafting.telling.item import Telling
from service.drafting.telling.place import bare, line_of
from service.facts.fact import Change, Fact, FactKind, FactSource, Standing
from service.facts.wording import value_words
from service.reading.assertions import Value
from service.summary.document import Citation, Statement

MOST_DOSES = 6
MOST_CITED = 24  # a course of years has as many steps
LONGEST_DOSE = 3  # words; a longer one is a sentence on tablets
_NOW = (Standing.CURRENT, Standing.DISPUTED, Standing.ON_HOLD)
_HELD = (Standing.CURRENT, Standing.DISPUTED, Standing.PAST)
_STOPPED = "stopped"
_ENDS = (_STOPPED, "held", "refused", "not filled", "not to be given", "missed")
_NOT_TAKEN = ("refused", "not filled", "missed", _STOPPED)
_ONCE = ("given once", "ordered once")
_NO_COURSE = ("", "considered", "planned", "possible", "cancelled", "not taken")
_BECAUSE = re.compile(r"; because: ([^;()\n]+)")
_REACTION = re.compile(r" - ([^;\n]+)")
_WORKED = re.compile(
    r"\b(?:respon(?:se|d\w*|ders?)|benefit\w*|(?:in)?effective|help(?:s|ed|ing)|remission"
    r"|(?:well|not|poorly) tolerated)\b",
    re.IGNORECASE,
)


def course(telling: Telling, fact: Fact, *, is_now: bool) -> Statement | None:
    """`is_now`: is it among the medicines that the brief reconciles? None where nobody says that
    it was taken, refused or forbidden, or no source may be shown."""
    if (fact.standing not in _NOW and fact.status in _NO_COURSE) or _is_single(fact):
        return None
    cells = dict(_cells(telling, fact))
    cited = [c for _, citation in cells.values() for c in citation]
    period = _period(telling, fact, is_now=is_now and fact.status != _STOPPED)
    told = [*_told_at(telling, fact, glue.days(period)), *_steps(telling, fact)]
    cited += [_line(telling, s) for s in told]
    citations = tuple(dict.fromkeys(cited))[:MOST_CITED]
    if not citations:
        return None
    said = [(column, text) for column, (text, _) in cells.items()]
    return Statement(glue.row(fact.name, said, period), citations)


def _told_at(telling: Telling, fact: Fact, days: Collection[str]) -> Iterator[FactSource]:
    """Where each dose, how often and each day of the row stands: cited first, so that a row is
    borne though not every step of a long course is cited."""
    missing: set[tuple[str, Hashable]] = {("day", day) for day in days}
    missing |= {(v.what, v.value) for v in _values(fact, "dose", "frequency")}
    for source in telling.sound([*(c.source for c in fact.history if c.source), *fact.sources]):
        said = (a for a in telling.read(source).assertions if a.start == source.start)
        has = {("day", source.on), *((v.what, v.value) for a in said for v in a.values)}
        if not missing.isdisjoint(has):
            missing -= has
            yield source


def _is_single(fact: Fact) -> bool:
    """One dose is an event and has no course."""
    return bool(fact.history) and all(change.what in _ONCE for change in fact.history)


Cell = tuple[str, tuple[Citation, ...]]


def _cells(telling: Telling, fact: Fact) -> Iterator[tuple[str, Cell]]:
    yield glue.DOSE, _doses(telling, fact)
    yield glue.RESPONSE, _quoted(telling, (s for s in fact.sources if _tells(telling, s)))
    yield glue.HARM, _harm(telling, fact)
    if fact.standing not in (Standing.CURRENT, Standing.DISPUTED):
        yield glue.ENDED, _ending(telling, fact)
    elif fact.status in _NOT_TAKEN:
        yield glue.ENDED, (fact.status, _ending(telling, fact)[1])


def _period(telling: Telling, fact: Fact, *, is_now: bool) -> str:
    """ "2024-08-20 to now"; "last told" of what nobody reconciles and nobody ended."""
    told = {source.on for source in _steps(telling, fact)}
    since, last = _since(fact, told), max(told, default="")
    if is_now:
        return f"{since} to now" if since else "now"
    if fact.standing in _NOW:
        if since and since < last:
            return f"{since}, last told {last}"
        return f"told {last}" if last else ""
    if since and fact.until > since:
        return f"{since} to {fact.until}"
    return f"until {fact.until}" if fact.until else f"since {since}" if since else ""


def _since(fact: Fact, told: Collection[str]) -> str:
    """The first day on which it was begun or told at a dose, where that is before the course that
    goes on now."""
    begun = [c.on for c in fact.history if c.on and c.what.startswith(("started", "at this dose"))]
    return min([*begun, *([fact.since] if fact.since in told else [])], default="")


def _doses(telling: Telling, fact: Fact) -> Cell:
    """ "300 mg, 600 mg, 900 mg at bedtime": oldest first, and how often it was last taken; last of
    all in the words of its record where these tell more than one dose and how often."""
    if (own := _last(telling, fact)) and own.dosage:
        before = [] if own.is_product else _steps_to(fact, own.citation.record_id)
        before = [dose for dose in before if dose not in own.dosage]
        return "; ".join(filter(None, (", ".join(before), own.dosage))), (own.citation,)
    told, often = _steps_to(fact), fact.value("frequency")
    if not told or often is None or often.said.casefold() in told[-1].casefold():
        return ", ".join(told), ()
    return ", ".join(told) + ("" if "/day" in told[-1] else f" {often.said}"), ()


def _last(telling: Telling, fact: Fact) -> Dosing | None:
    """How the newest record tells it, of what is taken now one that says so."""
    for source in telling.sound(fact.sources):
        is_so = any(map(is_taken, telling.assertions(source, fact.key)))
        if (is_so or fact.standing not in _NOW) and (found := dosing(telling, source, fact.key)):
            return found
    return None


def _steps_to(fact: Fact, last: str = "") -> list[str]:
    """Each dose before that of the record `last`; what one record tells together is one."""
    groups: dict[Hashable, list[Value]] = {}
    for number, change in enumerate(_taken(fact)):
        record = change.source.record_id if change.source else ""
        if not last or (record != last and change.what not in _ONCE):
            groups.setdefault(record or number, []).extend(_short(change.values, "dose"))
    if not last:
        groups["now"] = list(_short(fact.values, "dose"))
    is_any = any(map(_is_mass, (v for doses in groups.values() for v in doses)))
    told = ([v for v in doses if _is_mass(v) or not is_any] for doses in groups.values())
    words = (" and ".join({v.value: value_words(v) for v in doses}.values()) for doses in told)
    return list(dict.fromkeys(filter(None, words)))[-MOST_DOSES:]


def _is_mass(value: Value) -> bool:
    is_mass = isinstance(value.value, tuple) and value.value[0] == "mass"
    return is_mass and any(map(str.isalpha, value.said))


def _values(fact: Fact, *what: str) -> Iterator[Value]:
    """Now, then of each step that was taken."""
    steps = (v for c in reversed(_taken(fact)) for v in c.values)
    yield from _short((*fact.values, *steps), *what)


def _taken(fact: Fact) -> list[Change]:
    return [c for c in fact.history if not c.what.startswith("planned")]


def _short(values: Iterable[Value], *what: str) -> Iterator[Value]:
    yield from (v for v in values if v.what in what and len(v.said.split()) <= LONGEST_DOSE)


def _harm(telling: Telling, fact: Fact) -> Cell:
    """What the list of allergies and intolerances has of it, with its own word that it is not
    confirmed; nothing that was refuted."""
    of = [f for f in telling.facts.of(FactKind.ALLERGY) if f.key == fact.key]
    held = [f for f in of if f.standing in (*_HELD, Standing.UNKNOWN)]
    for listed in held:
        for source in telling.sound([s for s in listed.sources if not telling.read(s).is_note]):
            text = telling.records[source.record_id].text
            if found := _REACTION.search(text):
                is_sure = listed.standing in _HELD
                return found[1] if is_sure else text[: found.end()], (_line(telling, source),)
    return "", ()


def _tells(telling: Telling, source: FactSource) -> bool:
    """Does its sentence tell how the medicine works? A plan or an instruction does not."""
    found = telling.sentence(source) if telling.read(source).is_note else None
    return found is not None and bool(_WORKED.search(found[0]))


def _quoted(telling: Telling, sources: Iterator[FactSource]) -> Cell:
    for source in telling.sound(tuple(sources)):
        if found := telling.sentence(source):
            return found[0].rstrip("."), (found[1],)
    return "", ()


def _ending(telling: Telling, fact: Fact) -> Cell:
    """Why, as the EHR or a note has it; else how it ended."""
    steps = [c.source for c in reversed(fact.history) if c.source and c.what.startswith(_ENDS)]
    for source in telling.sound(steps):
        record = telling.records[source.record_id]
        if not record.is_note and (why := _BECAUSE.search(record.text)):
            return why[1].strip(), (_line(telling, source),)
    text, citations = _quoted(telling, (s for s in steps if telling.read(s).is_note))
    return (text or fact.status), citations


def _steps(telling: Telling, fact: Fact) -> Iterator[FactSource]:
    """Where each step stands, the last first, then its other sources."""
    steps = _taken(fact)[::-1]
    ends = [*fact.sources[:4], *fact.sources[-2:]]
    yield from telling.sound([*(c.source for c in steps if c.source), *ends])


def _line(telling: Telling, source: FactSource) -> Citation:
    record = telling.records[source.record_id]
    start, end = bare(record.text, *line_of(record.text, source.start, source.end))
    return cite(record, start, end)
