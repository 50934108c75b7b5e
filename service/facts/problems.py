"""Problems, symptoms and findings: the latest word on each, and what it was before."""

from collections.abc import Callable, Iterator, Sequence

from service.facts.fact import Change, Fact, FactKind, Standing, newest_first
from service.facts.said import Chart, Said, by_key, dated, days_between, name_of
from service.reading.assertions import Act, Certainty, Kind, Polarity, Time, Value
from service.reading.lexicon.relations import wider

_KINDS = {
    Kind.PROBLEM: FactKind.PROBLEM,
    Kind.SYMPTOM: FactKind.SYMPTOM,
    Kind.FINDING: FactKind.FINDING,
}
_SHOWN = ("severity", "stage", "side", "site", "status", "age", "from", "until", "duration")
_LIST = "Condition"
_RECENT = 60  # days in which what has ended is still named
# Statuses that add nothing.
USUAL = frozenset(("active", "final", "completed", "confirmed", "finished", "refuted"))

_ANSWERS = (frozenset(("yes", "no")), USUAL)  # they are told by the standing

Word = tuple[Standing, str]


def problem_facts(chart: Chart) -> Iterator[Fact]:
    """What is told of the past by a wider name ("depression") is not told beside what is current
    by a narrower one."""
    found = list(_problems(chart))
    current = (fact.key for fact in found if fact.standing is Standing.CURRENT)
    broad = frozenset(each for key in current for each in wider(key))
    yield from (f for f in found if not (f.standing is Standing.PAST and f.key in broad))


def _problems(chart: Chart) -> Iterator[Fact]:
    for kind, shown in _KINDS.items():
        for key, said in by_key(chart.of[kind]).items():
            told = [e for e in said if e.is_meant and not (_is_aside(e) or _is_reaction(e, chart))]
            flags = [e for e in told if e.record.type == "Flag"]
            rest = [e for e in told if e.record.type != "Flag"]
            if flags:
                yield latest_fact(FactKind.ALERT, key, flags, values=_SHOWN)
            if rest and key != "any":
                yield latest_fact(shown, key, rest, values=_SHOWN)


def _is_aside(said: Said) -> bool:
    """A goal, or why somebody came: neither is something that the patient has."""
    return any(v.what == "role" and v.value in ("goal", "reason") for v in said.a.values)


def _is_reaction(said: Said, chart: Chart) -> bool:
    """The rash of "penicillin (rash)" is none of today."""
    beside = chart.together[said.record.id, said.a.unit, said.a.clause]
    return said.record.is_note and any(each.a.concept.kind is Kind.ALLERGY for each in beside)


def latest_fact(
    kind: FactKind,
    key: str,
    said: Sequence[Said],
    *,
    values: Sequence[str] = (),
    word: Callable[[Said], Word] | None = None,
) -> Fact:
    """A fact that stands as its latest word says. `said` is oldest first."""
    last = deciding(said)
    standing, status = (word or word_of)(last)
    if is_disputed(said):
        standing, status = Standing.DISPUTED, "active and refuted"
    return Fact(
        kind,
        key,
        name_of(key),
        standing,
        dated(status or standing.value, last) if last.day or last.teller else status or standing,
        status,
        last.a.certainty,
        _since(said),
        _until(said, standing),
        last.day,
        tuple(shown(said, last, values)),
        tuple(history(said, word or word_of)),
        newest_first(each.source for each in said),
    )


def deciding(said: Sequence[Said]) -> Said:
    """The newest; but the problem list's "active" is not made past by a "history of"."""
    last = said[-1]
    if last.a.time is Time.PAST and last.a.act is not Act.STOPPED and last.is_affirmed:
        listed = [each for each in said if _is_listed(each)]
        return listed[-1] if listed else last
    if last.record.is_note and (over := _just_over(said, last)) is not None:
        return over
    if not last.is_sure:  # a doubt says less than what is known
        return next((each for each in reversed(said) if _is_known(each, last)), last)
    return last


def _is_known(said: Said, doubt: Said) -> bool:
    """Surely so, or refuted by the list on the day of the doubt: "considered" tells why."""
    is_answered = _is_listed_negated(said) and said.day >= doubt.day
    return said.is_sure and (_is_now(said) or is_answered)


def _just_over(said: Sequence[Said], last: Said) -> Said | None:
    """What the list ended some weeks before the last note that names it, as notes of a stay do."""
    for each in reversed(said):
        if each.record.type == _LIST and each.a.time is Time.PAST and each.value("until"):
            apart = days_between(each.told("until")[:10], last.day[:10])
            return each if apart is not None and 0 <= apart <= _RECENT else None
    return None


def _is_now(said: Said) -> bool:
    return said.is_affirmed and said.a.time in (Time.NOW, Time.EVER)


def _is_listed(said: Said) -> bool:
    return said.record.type == _LIST and _is_now(said)


def is_disputed(said: Sequence[Said]) -> bool:
    return opposed(said) is not None


def opposed(said: Sequence[Said]) -> tuple[Said, Said] | None:
    """A problem list that has it as active and a later word that it is not, or the other way
    round on the list itself; the newer first."""
    listed = [each for each in said if _is_listed(each) and each.is_sure]
    denied = [each for each in said if each.is_negated and each.is_sure and each.a.time is Time.NOW]
    denied += [each for each in said if _is_listed_negated(each)]
    if not listed or not denied:
        return None
    against, active = denied[-1], listed[-1]
    if active.day > against.day and not _is_listed_negated(against):
        return None
    return (against, active) if against.day >= active.day else (active, against)


def _is_listed_negated(said: Said) -> bool:
    return said.record.type == _LIST and said.a.polarity is Polarity.NEGATED


def word_of(said: Said) -> Word:
    """How a thing stands by one saying, and that in a word."""
    if said.is_unknown:
        return Standing.UNKNOWN, "not assessed"
    if said.is_negated:
        return Standing.REFUTED, "denied" if said.a.says.value == "patient" else "absent"
    if said.a.certainty is Certainty.POSSIBLE:
        return Standing.UNKNOWN, "possible"
    if said.a.certainty is Certainty.UNLIKELY:
        return Standing.UNKNOWN, "unlikely"
    if said.a.act is Act.STOPPED or said.a.time is Time.PAST:
        status = said.value("status")
        is_telling = status is not None and status.value not in USUAL
        return Standing.PAST, status.said if status and is_telling else "past"
    return Standing.CURRENT, ""


def _since(said: Sequence[Said]) -> str:
    """The first day on which it was so."""
    told = [each.told("from") for each in said if each.value("from") and each.is_affirmed]
    return min(told) if told else next((e.day for e in said if e.is_affirmed and e.day), "")


def _until(said: Sequence[Said], standing: Standing) -> str:
    if standing is not Standing.PAST:
        return ""
    told = [each.told("until") for each in said if each.value("until")]
    return told[-1] if told else ""


def shown(said: Sequence[Said], last: Said, names: Sequence[str]) -> Iterator[Value]:
    """Of each name the deciding one's, else the newest's that is not opposed."""
    for name in names:
        tellers = (last, *(each for each in reversed(said) if each.is_affirmed))
        value = next((v for each in tellers if (v := each.value(name)) is not None), None)
        if value is not None and value.value not in _ANSWERS[name == "status"]:
            yield value


def history(said: Sequence[Said], word: Callable[[Said], Word]) -> Iterator[Change]:
    """Each time the word changed."""
    before: Word | None = None
    for each in said:
        now = word(each)
        if now != before:
            yield Change(each.day, now[1] or now[0].value, each.a.values, each.source)
        before = now
