"""Law and directives, substances, supports, living, family, goals and own words, who it is."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from service.facts.events import DEATH
from service.facts.fact import Fact, FactKind, Standing, newest_first
from service.facts.problems import latest_fact, word_of
from service.facts.said import Chart, Said, by_key, dated, days_between, name_of
from service.reading.assertions import Act, Kind, Polarity, Says, Time, Value

CODE_STATUS = frozenset(
    ("full-code", "do-not-resuscitate", "do-not-intubate", "comfort-care", "code-status")
)
INTERPRETER = "interpreter"
_IDENTITY = frozenset(("age", "gender", "name", "language", INTERPRETER))
_AMOUNTS = ("quantity", "count", "frequency", "dose", "route", "level", "date", "duration")
_ILLNESS = frozenset((Kind.PROBLEM, Kind.RISK, Kind.SUBSTANCE, Kind.EVENT, Kind.ALLERGY))
_PAIRS = (("capacity", "lacks-capacity"), ("involuntary-hold", "voluntary-status"))
_OPPOSITE = {one: other for pair in _PAIRS for one, other in (pair, pair[::-1])}
_OWN = (Says.QUOTED,)
_TOLD = ("item", "level", "date", "until", "from", "rule")
Unit = tuple[str, int]  # of a record


def circumstance_facts(chart: Chart, *, on: str) -> Iterator[Fact]:
    yield from directive_facts(chart)
    yield from substance_facts(chart)
    yield from _plain(chart.of[Kind.SETTING], FactKind.SETTING)
    people = [e for e in chart.of[Kind.PERSON] if e.a.concept.key not in _IDENTITY]
    yield from _plain(people, FactKind.SUPPORT)
    yield from family_facts(chart)
    yield from goal_facts(chart)
    yield from quote_facts(chart)
    yield from identity_facts(chart, on=on)


def directive_word(said: Said) -> tuple[Standing, str]:
    """An order of law is in force until it is ended; "not" is said of what was looked at."""
    if said.is_negated and said.record.type == "Consent":
        return Standing.CURRENT, "denied"
    if said.is_affirmed and said.a.act is Act.STOPPED:
        return Standing.PAST, "ended"
    if said.is_affirmed and said.a.act is Act.DECLINED:
        return Standing.REFUTED, "declined"
    if said.a.act is Act.AVOID and not said.record.is_note:
        return Standing.REFUTED, "not to be done"
    if said.a.time is Time.PLANNED:
        return Standing.PLANNED, "planned"
    return word_of(said)


def directive_facts(chart: Chart) -> Iterator[Fact]:
    groups = by_key(each for each in chart.of[Kind.LEGAL] if each.a.time is not Time.IF)
    for key, said in groups.items():
        fact = latest_fact(FactKind.DIRECTIVE, key, said, values=_TOLD, word=directive_word)
        other = groups.get(_OPPOSITE.get(key, ""), ())
        since = max((e.day for e in other if e.is_affirmed), default="")
        yield _until(fact, since) if fact.on < since else fact


def _until(fact: Fact, since: str) -> Fact:
    """Of two that exclude each other the newer holds."""
    if fact.standing is not Standing.CURRENT:
        return fact
    why = f"no longer since {since}"
    return replace(fact, standing=Standing.PAST, why=why, status="past", until=since)


def substance_facts(chart: Chart) -> Iterator[Fact]:
    beside = Counter(map(_unit, chart.of[Kind.SUBSTANCE]))
    for key, said in by_key(chart.of[Kind.SUBSTANCE]).items():
        told = [each for each in said if each.is_meant and not _is_heading(each, beside)]
        if told:
            yield latest_fact(FactKind.SUBSTANCE, key, told, values=_AMOUNTS)


def _is_heading(said: Said, beside: Mapping[Unit, int]) -> bool:
    """The "Substance use:" before what is used, or denied. `beside`: how many each unit names."""
    has_colon = said.record.text[said.a.end : said.a.end + 1] == ":"
    return has_colon and said.is_affirmed and not said.a.values and beside[_unit(said)] > 1


def _unit(said: Said) -> Unit:
    return said.record.id, said.a.unit


def _plain(said: Iterable[Said], kind: FactKind) -> Iterator[Fact]:
    for key, told in by_key(each for each in said if each.is_meant).items():
        yield latest_fact(kind, key, told, values=_TOLD)


def _is_bare(said: Said) -> bool:
    """ "Health unknown" of a relative, of whom nothing is told."""
    return said.a.concept.key == "any" and said.is_unknown


def family_facts(chart: Chart) -> Iterator[Fact]:
    """One fact for each illness of each relative; never one of the patient's."""
    groups: dict[str, list[Said]] = {}
    for said in chart.family:
        if said.a.concept.kind in _ILLNESS and said.a.time is not Time.IF and not _is_bare(said):
            key = f"{said.a.subject}:{said.a.concept.key}"
            groups.setdefault(key, []).append(said)
    known = {_illness(key) for key in groups if not _is_anybody(key)}
    for key, told in groups.items():
        if _is_anybody(key) and _illness(key) in known:
            continue  # "suicide in the family" is the father's
        last = told[-1]
        name = f"{name_of(last.a.subject)}: {name_of(last.a.concept.key)}"
        standing, status = word_of(last)
        if standing is Standing.PAST:
            standing, status = Standing.CURRENT, ""  # what ran in the family runs in it
        fact = latest_fact(FactKind.FAMILY, key, told, values=("age", "outcome"))
        why = dated(status or "in the family, said", last)
        yield replace(fact, name=name, standing=standing, status=status, why=why)


def _is_anybody(key: str) -> bool:
    return key.startswith("family:")


def _illness(key: str) -> str:
    """ "suicide" of "father:suicide-death" too."""
    return key.partition(":")[2].removesuffix("-death")


def goal_facts(chart: Chart) -> Iterator[Fact]:
    """Goals of the record, with how far they are reached."""
    for kind in Kind:
        for said in chart.of.get(kind, ()):
            if any(v.what == "role" and v.value == "goal" for v in said.a.values):
                yield _goal(said)


def _goal(said: Said) -> Fact:
    reached = said.told("outcome")
    standing = Standing.CURRENT if said.a.time is Time.PLANNED else Standing.PAST
    if said.a.polarity is not Polarity.AFFIRMED:
        standing = Standing.UNKNOWN
    return Fact(
        FactKind.GOAL,
        said.a.concept.key,
        said.told("item") or said.words or name_of(said.a.concept.key),
        standing,
        dated("set", said),
        reached,
        since=said.day,
        on=said.day,
        values=tuple(v for v in said.a.values if v.what in ("due", "outcome", "status")),
        sources=(said.source,),
    )


def quote_facts(chart: Chart) -> Iterator[Fact]:
    """Each unit that is told in the patient's own words, whole from the first to the last thing."""
    units: dict[tuple[str, int], list[Said]] = {}
    for group in chart.of.values():
        for said in group:
            if said.a.says in _OWN and said.record.is_note:
                units.setdefault((said.record.id, said.a.unit), []).append(said)
    for told in units.values():
        yield _quote(told)


def _quote(said: Sequence[Said]) -> Fact:
    first = said[0]
    start, end = min(e.a.start for e in said), max(e.a.end for e in said)
    text = first.record.text
    opened = max(text.rfind(mark, max(0, start - 300), start) for mark in '"“')
    closed = min((at for m in '"”' if (at := text.find(m, end, end + 300)) >= 0), default=-1)
    if opened >= 0 and closed >= 0:
        start, end = opened + 1, closed
    words = " ".join(text[start:end].split())
    place = replace(first.source, start=start, end=end)
    key = f"{first.record.id}:{start}"
    why = dated("said in these words", first)
    return Fact(
        FactKind.QUOTE,
        key,
        words,
        Standing.PAST,
        why,
        since=first.day,
        on=first.day,
        sources=(place,),
    )


def identity_facts(chart: Chart, *, on: str) -> Iterator[Fact]:
    """Age on that day, gender, names by use, language, interpreter; that the patient has died."""
    known = [e for e in chart.of[Kind.PERSON] if e.a.concept.key in _IDENTITY]
    known += [e for e in chart.of[Kind.PROCEDURE] if e.a.concept.key == INTERPRETER and e.is_meant]
    groups: dict[str, list[Said]] = {}
    for said in known:
        use = said.told("use")
        groups.setdefault(f"{use}-name" if use else said.a.concept.key, []).append(said)
    for key, told in groups.items():
        yield _aged(_identity(key, told[-1], told), on)
    died = [e for e in chart.of[Kind.EVENT] if e.a.concept.key == DEATH and e.is_affirmed]
    # Prose is full of deaths that were feared or befell others; a death is told by the Patient.
    died = [e for e in died if e.is_meant and e.is_sure and e.record.type == "Patient"]
    if died:
        fact = _identity(DEATH, died[-1], died)
        day = died[-1].a.on
        yield replace(fact, name="deceased", why=f"died{f' on {day}' if day else ''}", until=day)


def _aged(fact: Fact, on: str) -> Fact:
    """The age in full years by the birth date, where that is whole."""
    born = fact.value("date")
    day = str(born.value) if born else ""
    if fact.key != "age" or born is None or days_between(day, on) is None:
        return fact
    years = int(on[:4]) - int(day[:4]) - (on[5:10] < day[5:10])
    age = Value("age", float(years), f"{years} years")
    return replace(fact, values=(age, born), why=f"{years} years, born {day}")


def _identity(key: str, last: Said, told: Sequence[Said]) -> Fact:
    standing = {
        Polarity.AFFIRMED: Standing.CURRENT,
        Polarity.NEGATED: Standing.REFUTED,
        Polarity.UNKNOWN: Standing.UNKNOWN,
    }[last.a.polarity]
    is_needed = {Polarity.AFFIRMED: "needed", Polarity.NEGATED: "not needed"}
    status = is_needed.get(last.a.polarity, "") if key == "interpreter" else ""
    values: tuple[Value, ...] = tuple(v for v in last.a.values if v.what in ("item", "age", "date"))
    why = status or ", ".join(value.said for value in values) or "recorded"
    return Fact(
        FactKind.IDENTITY,
        key,
        name_of(key),
        standing,
        why,
        status,
        on=last.day,
        values=values,
        sources=newest_first(each.source for each in told),
    )
