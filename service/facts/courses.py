"""One medicine's sayings in order, weighed: what is taken now, since when, and what ended it."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from service.facts.doses import LISTS, ORDER
from service.facts.fact import Standing
from service.facts.said import Said, dated, day_after
from service.reading.assertions import Act, Polarity, Time, Value
from service.reading.values import compare
from service.reading.values.read import daily_total

_TAKING = frozenset(
    (
        *(Act.TAKEN, Act.PRESCRIBED, Act.STARTED, Act.INCREASED, Act.REDUCED),
        *(Act.CONTINUED, Act.AS_NEEDED, Act.TAPER),
    )
)
_BEGINS = frozenset((Act.STARTED, Act.INCREASED, Act.REDUCED, Act.CONTINUED))
_ROUND = 60  # characters round a medicine in which its course is told
_STOP = re.compile(r"[.;](?:\s|$)|\n")
_FINISHED = re.compile(
    r"\btaper (?:was |is |has been )?(?:finished|completed?|done)\b"
    r"|\bfinished \S+ (?:\w+ )?taper\b",
    re.IGNORECASE,
)
_ONE = re.compile(
    r"\b(?:tonight|today|tomorrow|this (?:morning|evening|afternoon))'s\b"
    r"|\b(?:next|one|single|morning|evening|night|bedtime) dose\b|\bthen (?:\w+ )?(?:at )?\d",
    re.IGNORECASE,
)
_TO_COME = re.compile(r"\bthen (?:stop|off|discontinue)\b", re.IGNORECASE)
Test = Callable[[Said], bool]
MOST_ROWS = 12  # orders told apart, the newest; nobody takes one medicine by more at a time
ONE_DOSE = ("MedicationAdministration", "MedicationDispense")
_DISPENSE = "MedicationDispense"
_SPANS = ("duration", "from", "date")
_UNTAKEN = {Act.DECLINED: "refused", Act.MISSED: "missed", Act.NOT_FILLED: "not filled"}


@dataclass(frozen=True, slots=True)
class Course:
    """`said` is oldest first; `taking` those that tell of it being taken now; `deciding` the one
    that its standing rests on."""

    said: Sequence[Said]
    taking: Sequence[Said]
    deciding: Said
    standing: Standing
    why: str
    status: str = ""
    since: str = ""
    until: str = ""


def is_taking(said: Said) -> bool:
    """Is it said to be taken or ordered now? "Started in March" goes on."""
    a = said.a
    is_now = a.time in (Time.NOW, Time.EVER) or (a.time is Time.PAST and a.act in _BEGINS)
    is_so = said.is_affirmed and said.is_sure and is_now
    return is_so and a.act in _TAKING and not is_finished(said)


def is_stop(said: Said) -> bool:
    """Not where it is only ordered when to stop, nor of one dose: the order goes on."""
    is_so = said.is_affirmed and said.is_meant and not is_of_one_dose(said)
    if said.a.act is Act.STOPPED:
        return is_so and not _TO_COME.search(_sentence(said))
    return is_so and is_finished(said)


def is_hold(said: Said) -> bool:
    """Not where one dose alone is left out: "hold tonight's, then 2 mg twice daily"."""
    is_one = is_of_one_dose(said) or (said.record.is_note and _ONE.search(_sentence(said)))
    return _act(Act.HELD)(said) and not is_one


def is_of_one_dose(said: Said) -> bool:
    """Of what was given or handed out once, and not of the order."""
    return said.record.type in ONE_DOSE


def is_finished(said: Said) -> bool:
    """ "Sertraline taper finished" ends it, whatever dose it names."""
    return said.record.is_note and bool(_FINISHED.search(_sentence(said)))


def _sentence(said: Said) -> str:
    """What is told round it, no farther than its sentence."""
    text, start, end = said.record.text, said.a.start, said.a.end
    before = _STOP.split(text[max(0, start - _ROUND) : start])[-1]
    return before + text[start:end] + _STOP.split(text[end : end + _ROUND], maxsplit=1)[0]


def is_denied(said: Said) -> bool:
    """ "No NSAIDs" too."""
    return is_not_taken(said) or (said.is_negated and said.is_meant and said.a.act is Act.NONE)


def is_not_taken(said: Said) -> bool:
    """ "Not taking it", "refused", "not filled"; "no methadone since Monday", as so long is no word
    on one dose."""
    if said.is_negated:
        is_named = said.a.act in (Act.TAKEN, Act.AS_NEEDED)
        return said.is_meant and (is_named or _is_none_for_long(said))
    return said.is_affirmed and said.is_meant and said.a.act in _UNTAKEN


def _is_none_for_long(said: Said) -> bool:
    """ "Not given 5/28 to 5/30"; of one day it is one dose."""
    spans = [v.what for v in said.a.values if v.what in _SPANS]
    if said.a.act is Act.ONCE:
        return said.record.is_note and (len(spans) > 1 or "duration" in spans)
    return (
        said.record.is_note and bool(spans) and said.a.act is Act.NONE and said.a.time is Time.NOW
    )


def is_order(said: Said) -> bool:
    """An order or statement of the record itself, not of a note."""
    return is_taking(said) and said.record.type in LISTS


def outlives(taking: Said, end: Said) -> bool:
    """Does it go on after that end? The end counts that was later, or that was told later; a
    taper leads to it."""
    if taking.a.act is Act.TAPER or (is_undated(end) and taking.record.is_note):
        return False
    if taking.day == end.day:
        return taking.a.act in _BEGINS and is_later(taking, end)
    is_told_since = taking.record.on >= end.record.on or taking.a.act in _BEGINS
    return taking.day > end.day and is_told_since


def is_undated(end: Said) -> bool:
    """An order that is stopped today, nobody knows since when: its day is that of the order."""
    is_told = end.record.is_note or (end.record.type != ORDER and end.value("until"))
    return not is_told


def is_later(said: Said, other: Said) -> bool:
    """By day; on one day another record counts too, in one record what follows."""
    if said.day != other.day:
        return said.day > other.day
    return said.record is not other.record or said.a.start > other.a.start


def order_rows(said: Iterable[Said]) -> list[list[Said]]:
    """Active orders of different doses or forms, each apart; steps of one order together. Of a
    chart that ends no order all but the newest are one."""
    rows: list[list[Said]] = []
    for each in said:
        if not is_order(each):
            continue
        for row in rows:
            if row[-1].record is each.record or _is_same_order(row[-1], each):
                row.append(each)
                break
        else:
            rows.append([each])
        if len(rows) > MOST_ROWS:
            rows[:2] = [[*rows[0], *rows[1]]]
    return rows


def _is_same_order(one: Said, other: Said) -> bool:
    if not (one.value("dose") and other.value("dose")):
        return True
    return not (doses_differ(one, other) or _differ(one, other, "form"))


def is_split(one: Said, other: Said) -> bool:
    """Orders of one medicine meant beside each other: morning and night, Monday and Tuesday,
    two formulations."""
    if _differ(one, other, "form") or _differ(one, other, "time"):
        return True
    return bool(_parts(one) and _parts(other)) and _parts(one).isdisjoint(_parts(other))


def _parts(said: Said) -> set[str]:
    """The parts of the day that its frequencies name."""
    found = (v.value for v in said.a.values if v.what == "frequency")
    return {str(f[1]) for f in found if isinstance(f, tuple) and len(f) > 1 and f[1]}


def _differ(one: Said, other: Said, what: str) -> bool:
    left = {v.value for v in one.a.values if v.what == what}
    right = {v.value for v in other.a.values if v.what == what}
    return bool(left and right) and left.isdisjoint(right)


def doses_differ(one: Said, other: Said) -> bool:
    """Can the two doses not be one? 50 mg twice a day is 100 mg daily."""
    left, right = _doses(one), _doses(other)
    if not left or not right:
        return False
    totals = daily_total(list(one.a.values)), daily_total(list(other.a.values))
    is_split = {len(left), len(right)} == {1, 2} and None not in totals
    if not is_split and any(not compare.conflicts(a, b) for a in left for b in right):
        return False
    return None in totals or compare.conflicts(*totals)  # type: ignore[arg-type]


def _doses(said: Said) -> list[Value]:
    return [v for v in said.a.values if v.what == "dose" and v.comparator not in ("<", "<=")]


def verdict(said: Sequence[Said]) -> Course:
    """How the medicine stands by all that is said of it, oldest first."""
    ends = [each for each in said if is_stop(each)]
    end = max(ends, key=lambda e: (e.day, e.record.on, e.record.is_note)) if ends else None
    taking = [each for each in said if is_taking(each) and (not end or outlives(each, end))]
    if taking:
        return _taken(said, taking)
    if end is not None:
        return _ended(said, end)
    return _never(said)


def _taken(said: Sequence[Said], taking: Sequence[Said]) -> Course:
    """It is taken or ordered; what was said against that since decides."""
    last = taking[-1]
    since = _since(taking)
    if over := _completed(said, last):
        until = over.told("until")
        why = f"until {until}" if until else dated("completed, ordered", over)
        return Course(said, taking, over, Standing.PAST, why, "completed", since, until)
    held = [each for each in said if is_hold(each)]
    if held and not outlives(last, held[-1]):
        why = dated("on hold, said", held[-1]) + _because(held[-1])
        return Course(said, taking, held[-1], Standing.ON_HOLD, why, "on hold", since)
    against = [each for each in said if is_not_taken(each) and is_later(each, last)]
    against = not_given_since(against, said)
    if against:
        word = _UNTAKEN.get(against[-1].a.act, "not taken")
        why = f"ordered, but {dated(word, against[-1])}{_because(against[-1])}"
        return Course(said, taking, against[-1], Standing.DISPUTED, why, word, since)
    word = {Act.AS_NEEDED: "as needed", Act.TAPER: "being tapered"}.get(last.a.act, "")
    as_order = "ordered" if is_order(last) else "said to be taken"
    return Course(said, taking, last, Standing.CURRENT, dated(as_order, last), word, since)


def not_given_since(against: Iterable[Said], said: Iterable[Said]) -> list[Said]:
    """Those after which no dose was given: what was missed and given later says nothing."""
    last: dict[str, list[Said]] = {}
    for each in said:
        if is_of_one_dose(each) and each.a.act is Act.ONCE:
            of_day = last.setdefault(each.record.type, [each])
            if each.day > of_day[0].day:
                of_day[:] = [each]
            elif each.day == of_day[0].day and each is not of_day[0]:
                of_day.append(each)
    return [e for e in against if not _is_before(e, last.get(e.record.type, ()))]


def _is_before(each: Said, given: Iterable[Said]) -> bool:
    return is_of_one_dose(each) and any(is_later(other, each) for other in given)


def _completed(said: Sequence[Said], last: Said) -> Said | None:
    """The record of a course that is over and was not over when it was last told of. What was
    handed out runs out; the order goes on."""
    told = (e for e in said if e.record.type != _DISPENSE)
    over = (e for e in told if e.is_affirmed and e.a.time is Time.PAST)
    return next((e for e in over if _until(e) and _until(e) >= last.day), None)


def _until(said: Said) -> str:
    """The day that it is bounded to: told, or that of the order and for how long it was."""
    span = said.value("duration")
    if said.told("until") or said.record.is_note or span is None:
        return said.told("until")
    match span.value:
        case ("days", float() as days):
            return day_after(said.day, days)
    return ""


def _since(taking: Sequence[Said]) -> str:
    starts = [each for each in taking if each.a.act is Act.STARTED and each.day]
    told = [each.told("from") for each in taking if each.value("from")]
    days = [each.begun for each in (starts or taking) if each.begun]
    return min([*told, *days], default="")


def _ended(said: Sequence[Said], end: Said) -> Course:
    by = f" by {end.by}" if end.by else ""
    until = "" if is_undated(end) else end.day
    why = f"stopped{f' on {until}' if until else ''}{by}{_because(end)}"
    before = [each for each in said if is_taking(each) or each.a.act is Act.STARTED]
    since = _since(before) if before else end.begun if end.begun < until else ""
    return Course(said, before, end, Standing.PAST, why, "stopped", since, until)


def _because(said: Said) -> str:
    reason = said.told("reason")
    return f": {reason}" if reason else ""


def _never(said: Sequence[Said]) -> Course:
    """Nothing says that it is taken now, nor that it was stopped."""
    for test, standing, status, why in _RULES:
        found = [each for each in said if test(each)]
        if found:
            last = found[-1]
            until = last.told("until") if standing is Standing.PAST else ""
            sentence = dated(why or status, last) + _because(last)
            since = _since(found) if standing is not Standing.REFUTED else ""
            return Course(said, found, last, standing, sentence, status, since, until)
    return Course(said, (), said[-1], Standing.UNKNOWN, dated("only mentioned", said[-1]))


def _is_planned(said: Said) -> bool:
    return said.is_affirmed and (said.a.time is Time.PLANNED or said.a.act is Act.CONSIDERED)


def _has_been_taken(said: Said) -> bool:
    acts = (*_TAKING, Act.ONCE)
    return said.is_affirmed and said.a.time is Time.PAST and said.a.act in acts


def _act(*acts: Act) -> Test:
    return lambda said: said.is_affirmed and said.is_meant and said.a.act in acts


def _is_cancelled(said: Said) -> bool:
    return said.a.act is Act.PRESCRIBED and said.a.polarity is Polarity.NEGATED


_RULES: tuple[tuple[Test, Standing, str, str], ...] = (
    (is_hold, Standing.ON_HOLD, "on hold", ""),
    (_act(Act.DECLINED), Standing.REFUTED, "refused", ""),
    (_act(Act.NOT_FILLED), Standing.UNKNOWN, "not filled", ""),
    (_act(Act.MISSED), Standing.UNKNOWN, "missed", ""),
    (_has_been_taken, Standing.PAST, "", "taken before, said"),
    (
        lambda said: _act(Act.ONCE)(said) and said.record.type == ORDER,
        Standing.UNKNOWN,
        "ordered once",
        "",
    ),
    (_act(Act.ONCE), Standing.PAST, "given once", ""),
    (_act(Act.HELD), Standing.UNKNOWN, "dose held", ""),
    (_act(Act.STOPPED), Standing.PAST, "dose stopped", ""),
    (lambda said: _is_planned(said) and said.is_meant, Standing.PLANNED, "considered", ""),
    (_is_planned, Standing.PLANNED, "planned", ""),
    (_is_cancelled, Standing.REFUTED, "cancelled", ""),
    (is_denied, Standing.REFUTED, "not taken", ""),
    (lambda said: said.is_unknown, Standing.UNKNOWN, "", "whether it is taken is not told"),
    (
        lambda said: not said.is_sure and said.a.act is not Act.NONE,
        Standing.UNKNOWN,
        "possible",
        "",
    ),
)
