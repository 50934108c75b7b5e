"""Doses that are events: given once, round an operation or an emergency, taken in an overdose.
A long-acting injection is none: it goes on."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TypeGuard

from service.facts.said import Chart, Said, day_after, days_between
from service.reading.assertions import Act, Kind, Time

ORDER = "MedicationRequest"
LISTS = (ORDER, "MedicationStatement")  # where a medicine stands to be taken
_ANTIDOTES = frozenset(("naloxone", "flumazenil", "acetylcysteine", "n-acetylcysteine"))
_OF_ONE_TIME = 7  # days round an overdose of which its note and the next tell
_ROUND = 160  # characters round a medicine in which the occasion is told
_INJECTED = ("intramuscular", "intravenous")
_ONCE = "once"
_GIVEN = (Act.NONE, Act.TAKEN)
_STOP = re.compile(r"[.;](?:\s|$)|\n")
_HEADING = re.compile(r"^[ *#]*([A-Z][A-Z /&-]{3,40}:?|[A-Z][\w /&-]{2,40}:)[ *]*$", re.MULTILINE)
LASTS = 120  # days for which a long-acting injection counts
_SUPPLY = "MedicationDispense"
_ANESTHETICS = frozenset(("propofol", "etomidate", "rocuronium", "succinylcholine", "vecuronium"))


def with_events(medicines: Mapping[str, Sequence[Said]], chart: Chart) -> dict[str, list[Said]]:
    """Each medicine's sayings, those that tell of one dose as given once."""
    return {key: [*_told(key, said, chart)] for key, said in medicines.items()}


def _told(key: str, said: Sequence[Said], chart: Chart) -> Iterator[Said]:
    days = [e.day for e in said if key not in _ANTIDOTES and _is_of_overdose(e, chart)]
    is_ordered = any(e.record.type in LISTS for e in said)
    is_regular = any(_is_regular(each) for each in said)
    for each in said:
        is_agent = not is_regular and any(_is_near(each.day, day) for day in days)
        is_own = key not in _ANTIDOTES and _is_of_overdose(each, chart)
        is_injected = each.a.act is Act.ONCE and is_depot(each) and _lasts(each, chart)
        if is_injected or (not is_ordered and _is_supplied(each, chart)):
            yield each._replace(a=replace(each.a, act=Act.TAKEN, time=Time.NOW))
        elif is_own or (_may_be_event(each) and (is_agent or _is_single(each))):
            yield each._replace(a=replace(each.a, act=Act.ONCE))
        else:
            yield each


def _is_regular(said: Said) -> bool:
    """Told with how often, or ordered for more than once."""
    is_listed = said.record.type in LISTS and not _is_single(said)
    return is_listed or any(v.what == "frequency" and not _is_once(v.value) for v in said.a.values)


def _is_days(lasts: object) -> TypeGuard[tuple[str, float]]:
    return isinstance(lasts, tuple) and lasts[0] == "days" and len(lasts) == 2


def _may_be_event(said: Said) -> bool:
    """Is an amount told, and neither how often nor for how long?"""
    lasts = [v.value for v in said.a.values if v.what == "duration"]
    is_long = any(isinstance(each, tuple) and each[1] >= 1 for each in lasts)
    is_order = said.record.type == ORDER and said.a.act is Act.PRESCRIBED
    is_told = is_order or said.a.act in _GIVEN
    is_so = said.is_affirmed and said.a.time in (Time.NOW, Time.EVER)
    often = [v.value for v in said.a.values if v.what == "frequency"]
    return is_told and is_so and not is_long and all(map(_is_once, often)) and not is_depot(said)


def _is_once(often: object) -> bool:
    return isinstance(often, tuple) and _ONCE in often


def is_depot(said: Said) -> bool:
    is_of_form = any(v.what == "form" and "long-acting" in str(v.value) for v in said.a.values)
    is_swallowed = any(v.what == "route" and v.value == "oral" for v in said.a.values)
    return is_of_form or (not is_swallowed and bool(_words("depot").search(_sentence(said))))


def _lasts(said: Said, chart: Chart) -> bool:
    since = days_between(said.day[:10], chart.on)
    return since is None or since <= LASTS


def _is_supplied(said: Said, chart: Chart) -> bool:
    """Was enough of it handed out to last until today? Only its dispensing tells of the dose."""
    is_over = said.is_affirmed and said.a.act is Act.PRESCRIBED and said.a.time is Time.PAST
    lasts = [v.value[1] for v in said.a.values if v.what == "duration" and _is_days(v.value)]
    is_told = is_over and said.record.type == _SUPPLY and bool(lasts)
    return is_told and day_after(said.day[:10], max(lasts)) >= chart.on


def _is_single(said: Said) -> bool:
    if said.a.act is Act.NONE:
        return False
    if said.record.type == "MedicationAdministration":
        return True
    if any(v.what == "frequency" and _is_once(v.value) for v in said.a.values):
        return True
    if not said.record.is_note:
        counted = any(v.what == "count" and v.value == 1 for v in said.a.values)
        return counted or bool(re.search(rf"\b{_ONCE}\b", said.record.text.partition("\n")[0]))
    sentence, heading = _sentence(said), _heading(said)
    before = f"{heading} {sentence.partition(said.words)[0]}"
    if said.a.concept.key in _ANESTHETICS:
        return True
    if said.value("dose") is None or _words("regular").search(before):
        return False
    is_injected = any(v.what == "route" and v.value in _INJECTED for v in said.a.values)
    is_of_episode = bool(_words("episode").search(said.record.title))
    return is_injected or is_of_episode or bool(_words("occasion").search(f"{heading} {sentence}"))


def _sentence(said: Said) -> str:
    """What is told round it, no farther than its sentence; of a record its first line."""
    text, start, end = said.record.text, said.a.start, said.a.end
    if not said.record.is_note:
        return text.partition("\n")[0]
    before = _STOP.split(text[max(0, start - _ROUND) : start])[-1]
    return before + text[start:end] + _STOP.split(text[end : end + _ROUND], maxsplit=1)[0]


def _heading(said: Said) -> str:
    """The heading that it stands under."""
    found = [*_HEADING.finditer(said.record.text, 0, said.a.start)]
    return found[-1][1] if found else ""


def _is_of_overdose(said: Said, chart: Chart) -> bool:
    """Is an overdose told beside it, and no antidote or regular dose?"""
    if said.record.type in LISTS:
        return bool(
            _words("overdose").search(said.record.text.partition("\n")[0])
        ) and _may_be_event(said)
    beside = [e for e in chart.near(said) if e.a.concept.kind is Kind.RISK]
    is_told = any(e.a.concept.key == "overdose" and e.is_affirmed and e.is_meant for e in beside)
    return is_told and _may_be_event(said)


@cache
def _words(of: str) -> re.Pattern[str]:
    """The patterns of one list of doses.toml, as whole words."""
    path = Path(__file__).parent / "data" / "doses.toml"
    listed = tomllib.loads(path.read_text(encoding="utf-8"))[of]
    return re.compile(rf"\b(?:{'|'.join(listed)})(?!\w)", re.IGNORECASE)


def _is_near(one: str, other: str) -> bool:
    apart = days_between(one[:10], other[:10])
    return apart is not None and abs(apart) <= _OF_ONE_TIME
