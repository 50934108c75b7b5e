"""What cannot both be so: each conflict keeps both sides, with their places and days."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from service.facts.allergies import GENERAL, is_allergy
from service.facts.circumstances import CODE_STATUS
from service.facts.courses import (
    doses_differ,
    is_denied,
    is_later,
    is_not_taken,
    is_order,
    is_split,
    is_stop,
    is_taking,
    is_undated,
    not_given_since,
    order_rows,
    outlives,
)
from service.facts.fact import Conflict, ConflictKind
from service.facts.medicines import medicines_of
from service.facts.problems import opposed
from service.facts.risks import OWN_LIFE
from service.facts.said import Chart, Said, by_key, days_between, name_of
from service.reading.assertions import Act, Kind, Says, Time
from service.reading.lexicon.relations import wider

_SAME_TIME = 30  # days within which a list and a note are of the same time
_SAME_LOOK = 7  # days within which two tell of the same state
_SIDED = (Kind.PROBLEM, Kind.PROCEDURE, Kind.SYMPTOM, Kind.FINDING)
_BOUNDED_WITHIN = 40  # characters behind a denial that bound it to a time
_BOUNDED = re.compile(
    r"\b(?:since|past|last|recent\w*|today|now|this|during|interval|in the)\b", re.I
)
_KEPT = ("Condition", "Flag")
_OTHER = {Says.PATIENT: Says.COLLATERAL, Says.COLLATERAL: Says.PATIENT}  # and somebody close
_CHANGES = (Act.STARTED, Act.INCREASED, Act.REDUCED, Act.TAPER, Act.STOPPED)


def conflicts_of(chart: Chart) -> Iterator[Conflict]:
    """All conflicts; each thing once a kind of conflict, by its newest pair."""
    medicines = medicines_of(chart)
    for key, said in medicines.items():
        for rule in (_doses, _note_dose, _forbidden, _not_taken):
            yield from rule(key, said)
        yield from _stopped(key, said, chart.last)
    yield from _denied(medicines)
    yield from _allergies(chart, medicines)
    for kind in (Kind.PROBLEM, Kind.FINDING):
        for key, said in by_key(chart.of[kind]).items():
            yield from _refuted(key, said)
    for kind in _SIDED:
        for key, said in by_key(chart.of[kind]).items():
            yield from _sides(key, said)
    for kind in (Kind.RISK, Kind.SUBSTANCE):
        groups = by_key(chart.of[kind])
        for key, said in groups.items():
            own = OWN_LIFE[1:] if key == OWN_LIFE[0] else ()
            yield from _who(key, said, [each for name in own for each in groups.get(name, ())])
    yield from _directives(chart.of[Kind.LEGAL])


def _conflict(kind: ConflictKind, key: str, why: str, one: Said, other: Said) -> Conflict:
    newer, older = (one, other) if one.day >= other.day else (other, one)
    return Conflict(kind, key, name_of(key), why, (newer.source, older.source))


def _doses(key: str, said: Sequence[Said]) -> Iterator[Conflict]:
    """Two active orders in two doses, that are not meant beside each other."""
    standing = _unended(said)
    rows = [row[-1] for row in order_rows(standing)]
    for number, one in enumerate(rows):
        for other in rows[number + 1 :]:
            if doses_differ(one, other) and not is_split(one, other):
                why = (
                    f"{name_of(key)} is ordered as {_dose(one)} and as {_dose(other)}, both active"
                )
                yield _conflict(ConflictKind.DOSE, key, why, one, other)


def _unended(said: Sequence[Said]) -> list[Said]:
    ends = [each for each in said if is_stop(each)]
    return [e for e in said if not ends or outlives(e, ends[-1])]


def _dose(said: Said) -> str:
    return said.told("dose") or said.told("quantity") or "another dose"


def _note_dose(key: str, said: Sequence[Said]) -> Iterator[Conflict]:
    """The newest active order, and the newest note that has another dose and changes nothing."""
    orders = [each for each in _unended(said) if is_order(each) and each.value("dose")]
    notes = [
        each
        for each in said
        if each.record.is_note and is_taking(each) and each.value("dose") and each.is_meant
    ]
    if not orders or not notes:
        return
    order, note = orders[-1], notes[-1]
    rows = [row[-1] for row in order_rows(orders)]
    is_changed = note.a.act in _CHANGES and note.day > order.day
    if is_changed or not all(doses_differ(note, row) for row in rows):
        return
    apart = days_between(note.day[:10], order.day[:10])
    if apart is not None and apart <= _SAME_TIME:
        why = f"{name_of(key)} is ordered as {_dose(order)}; a note says {_dose(note)}"
        yield _conflict(ConflictKind.DOSE, key, why, note, order)


def _forbidden(key: str, said: Sequence[Said]) -> Iterator[Conflict]:
    against = [e for e in said if e.a.act is Act.AVOID and e.is_affirmed]
    taking = [e for e in _unended(said) if is_taking(e) and e.a.time is not Time.PAST]
    if against and taking:
        why = f"{name_of(key)} is ordered, and it is ordered not to be given"
        yield _conflict(ConflictKind.FORBIDDEN, key, why, against[-1], taking[-1])


def _stopped(key: str, said: Sequence[Said], last: str) -> Iterator[Conflict]:
    """Stopped, but an order still stands, or it was given or listed after that day by a record
    that does not begin it anew."""
    ends = [each for each in said if is_stop(each)]
    if not ends:
        return
    end = max(ends, key=lambda each: (each.day, each.record.on))
    begun = any(e.a.act in (Act.STARTED, Act.CONTINUED) and outlives(e, end) for e in said)
    begun = begun or any(is_order(e) and e.day > end.day for e in said)  # another dose, as a rule
    going = [
        e for e in said if is_taking(e) and e.record is not end.record and e.a.act != Act.STARTED
    ]
    going = [e for e in going if e.a.act is not Act.TAPER and _goes_on(e, end, last)]
    if going and not begun:
        why = f"{name_of(key)} was stopped{_on(end)}, and is {_listed(going[-1])}{_on(going[-1])}"
        yield _conflict(ConflictKind.STOPPED, key, why, going[-1], end)


def _goes_on(said: Said, end: Said, last: str) -> bool:
    if end.record.type == said.record.type == "MedicationRequest":
        return said.day <= end.day or not said.day  # a new order begins it anew
    if is_undated(end):
        return said.day == last  # no earlier note may have been written before it was stopped
    return is_order(said) or (said.day >= end.day and said.record.on >= end.record.on)


def _listed(said: Said) -> str:
    return "still ordered" if is_order(said) else "told as taken"


def _on(said: Said) -> str:
    return f" on {said.day}" if said.day else ""


def _not_taken(key: str, said: Sequence[Said]) -> Iterator[Conflict]:
    orders = [each for each in _unended(said) if is_order(each)]
    against = [each for each in said if is_not_taken(each) and each.record.type != "Patient"]
    against = not_given_since(against, said)
    if orders and against and is_later(against[-1], orders[-1]):
        why = f"{name_of(key)} is ordered, but was refused or is not taken"
        yield _conflict(ConflictKind.NOT_TAKEN, key, why, against[-1], orders[-1])


def _denied(medicines: dict[str, list[Said]]) -> Iterator[Conflict]:
    """A class that is denied ("no NSAIDs") while one of it is ordered or taken."""
    denied = {key: [e for e in said if _is_denial(e)] for key, said in medicines.items()}
    denied = {key: said for key, said in denied.items() if said}
    for key, said in medicines.items():
        taking = [e for e in _unended(said) if is_taking(e)]
        for broad in sorted(wider(key) & denied.keys()) if taking else ():
            against = denied[broad][-1]
            near = days_between(taking[-1].day[:10], against.day[:10])
            if near is None or near >= -_SAME_TIME:
                why = f"{name_of(broad)} is denied, but {name_of(key)} was {_listed(taking[-1])}"
                yield _conflict(ConflictKind.DENIED, key, why, against, taking[-1])


def _is_denial(said: Said) -> bool:
    """Does not take any; that one was offered and declined once is no denial."""
    return is_denied(said) and said.a.act is not Act.DECLINED


def _allergies(chart: Chart, medicines: dict[str, list[Said]]) -> Iterator[Conflict]:
    groups = by_key(each for each in chart.of[Kind.ALLERGY] if each.is_meant)
    none = [e for key in GENERAL[:2] for e in groups.get(key, ()) if e.is_negated]
    none.sort(key=lambda each: each.day)
    newest = [said[-1] for key, said in groups.items() if key not in GENERAL]
    allergies = sorted(filter(is_allergy, newest), key=lambda each: each.day)
    before = [each for each in allergies if none and not "" < none[-1].day < each.day]
    if before:
        names = ", ".join(name_of(each.a.concept.key) for each in before)
        why = f"no known allergies are recorded beside an allergy to {names}"
        key = before[-1].a.concept.key
        yield _conflict(ConflictKind.NO_ALLERGY, key, why, none[-1], before[-1])
    for allergy in allergies:
        yield from _given(allergy.a.concept.key, allergy, medicines)


def _given(key: str, allergy: Said, medicines: dict[str, list[Said]]) -> Iterator[Conflict]:
    """An allergen, or one of its class, that is ordered or taken since."""
    for name, said in medicines.items():
        if name != key and key not in wider(name):
            continue
        taking = [e for e in _unended(said) if is_taking(e)]
        taking = [e for e in taking if is_order(e) or not e.day < allergy.day]
        if taking:
            why = f"allergic to {name_of(key)}, and {name_of(name)} is {_listed(taking[-1])}"
            yield _conflict(ConflictKind.ALLERGIC, name, why, taking[-1], allergy)


def _refuted(key: str, said: Sequence[Said]) -> Iterator[Conflict]:
    if pair := opposed([each for each in said if each.is_meant]):
        why = f"{name_of(key)} is listed as active, and refuted"
        yield _conflict(ConflictKind.REFUTED, key, why, *pair)


def _sides(key: str, said: Sequence[Said]) -> Iterator[Conflict]:
    """Left in one record and right in another of the same time, and neither tells both."""
    found: dict[str, Said] = {}
    for each in said:
        side = each.value("side")
        if side is not None and each.is_affirmed and each.is_meant:
            found[str(side.value)] = each
    left, right = found.get("left"), found.get("right")
    if not left or not right or "bilateral" in found or left.record is right.record:
        return
    apart = days_between(left.day[:10], right.day[:10])
    if apart is None or abs(apart) <= _SAME_TIME:
        why = f"{name_of(key)} is told of the left side and of the right"
        yield _conflict(ConflictKind.SIDE, key, why, left, right)


def _who(key: str, said: Sequence[Said], alike: Sequence[Said]) -> Iterator[Conflict]:
    """The patient denies what another affirms at that time, or ever denies what happened; who
    denies any attempt denies what is `alike` too."""
    denied = [e for e in said if e.is_negated and e.is_meant]
    told = [e for e in (*said, *alike) if e.is_affirmed and e.is_sure]
    now = {says: [e for e in told if _says_now(e, other)] for says, other in _OTHER.items()}
    ever = [e for e in told if e.is_meant]
    first = min((e.day for e in ever), default="")
    for against in reversed(denied):
        if not _denies_ever(against):
            others = [e for e in now.get(against.a.says, ()) if _is_near(e, against)]
        else:
            others = [e for e in ever if _is_before(e, against)] if first < against.day else []
        if others:
            yield _opposite(key, against, max(others, key=_tells_most))
            return


def _opposite(key: str, against: Said, other: Said) -> Conflict:
    by = f" by {other.teller}" if other.teller else ""
    why = f"{name_of(key)} is denied{_on(against)}, and told{by}{_on(other)}"
    return _conflict(ConflictKind.WHO, key, why, against, other)


def _tells_most(said: Said) -> tuple[bool, bool, str]:
    """What the problem list keeps, then what has its day, then the newest."""
    return said.record.type in _KEPT, bool(said.value("date")), said.day


def _denies_ever(said: Said) -> bool:
    """ "No suicide attempts" of a note means ever, unless it says since when."""
    if said.a.time is Time.EVER or said.a.concept.key not in OWN_LIFE:
        return said.a.time is Time.EVER
    told = said.record.text[said.a.start : said.a.end + _BOUNDED_WITHIN].partition(".")[0]
    is_plain = (
        said.a.time in (Time.NOW, Time.PAST)
        and not said.value("date")
        and not said.value("duration")
    )
    return said.record.is_note and is_plain and not _BOUNDED.search(told)


def _says_now(said: Said, says: Says) -> bool:
    return said.a.says is says and said.a.time is Time.NOW


def _is_before(said: Said, against: Said) -> bool:
    return said.record is not against.record and said.day < against.day


def _is_near(said: Said, against: Said) -> bool:
    apart = days_between(said.day[:10], against.day[:10])
    return apart is not None and abs(apart) <= _SAME_LOOK


def _directives(said: Iterable[Said]) -> Iterator[Conflict]:
    """Full code beside do-not-resuscitate, where neither was ended."""
    stands: Callable[[Said], bool] = lambda e: (  # noqa: E731
        e.is_affirmed and e.is_sure and e.a.time in (Time.NOW, Time.EVER)
    )
    newest = {e.a.concept.key: e for e in said if e.a.concept.key in CODE_STATUS and stands(e)}
    full = newest.get("full-code")
    for key in ("do-not-resuscitate", "do-not-intubate", "comfort-care"):
        if full is not None and (other := newest.get(key)) is not None:
            why = f"full code is recorded{_on(full)}, {name_of(key)}{_on(other)}"
            yield _conflict(ConflictKind.DIRECTIVE, key, why, full, other)
