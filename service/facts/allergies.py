"""Allergies and intolerances: to what, how it shows, whether it stands; that there are none."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from service.chart.render.allergies import SEVERITIES
from service.facts.fact import Change, Fact, FactKind, Standing, newest_first
from service.facts.problems import history, shown, word_of
from service.facts.said import Chart, Said, by_key, dated, name_of
from service.reading.assertions import Act, Certainty, Kind, Time, Value

GENERAL = ("any", "drug", "food", "environmental")  # keys of "no known drug allergies"
NONE_KNOWN = "none-known"
_SHOWN = ("reaction", "criticality", "type", "status")
_SIGNS = (Kind.SYMPTOM, Kind.PROBLEM, Kind.FINDING)
# What befalls somebody with a medicine named beside it, and is hardly ever anything else.
_HARM = frozenset(
    (
        *("anaphylaxis", "hives", "angioedema", "stevens-johnson-syndrome", "dress-syndrome"),
        *("toxic-epidermal-necrolysis", "dystonia", "neuroleptic-malignant-syndrome"),
        *("serotonin-syndrome", "agranulocytosis", "respiratory-depression"),
    )
)
# What is harm where the medicine is only named, neither given nor dosed.
_MAY_HARM = frozenset(("rash", "hyperkalemia", "hyponatremia", "pancreatitis"))
_TREATS = frozenset(("epinephrine", "antihistamine", "cetirizine", "diphenhydramine"))
_ALSO = (Act.NONE, Act.TAKEN, Act.STARTED, Act.ONCE, Act.AVOID)


def allergy_facts(chart: Chart) -> Iterator[Fact]:
    groups = by_key(each for each in chart.of[Kind.ALLERGY] if _is_told(each))
    none = [each for key in GENERAL for each in groups.pop(key, ())]
    if none:
        yield _none_known(sorted(none, key=lambda each: each.day))
    for key, said in groups.items():
        yield _allergy(key, said, chart)
    for key, said in by_key(filter(partial(_reacted, chart), chart.of[Kind.MEDICINE])).items():
        if key not in groups:
            yield replace(_allergy(key, said, chart), certainty=Certainty.POSSIBLE)


def _is_told(said: Said) -> bool:
    """What once befell somebody is so, though it stands among what may come."""
    return said.is_meant or (said.is_affirmed and "" < said.a.on <= said.record.on)


def _reacted(chart: Chart, said: Said) -> bool:
    """Is harm told beside a medicine that nobody calls an allergy: "hives after amoxicillin"?"""
    is_so = said.record.is_note and said.is_affirmed and said.is_meant and said.is_sure
    if not is_so or said.a.concept.key in _TREATS or said.a.act not in _ALSO:
        return False
    beside = [e for e in chart.near(said) if e.is_affirmed and e.is_meant]
    befell = {each.a.concept.key for each in beside}
    has_stopped = any(e.a.concept.key == "breathing" and e.a.act is Act.STOPPED for e in beside)
    if has_stopped or not befell.isdisjoint(_HARM):
        return True
    is_named = said.a.act is Act.NONE and not said.value("dose")
    return is_named and not befell.isdisjoint(_MAY_HARM)


def allergy_word(said: Said) -> tuple[Standing, str]:
    standing, status = word_of(said)
    if standing is Standing.REFUTED:
        return standing, "not allergic"
    if standing is Standing.PAST and said.record.is_note and said.a.act is not Act.STOPPED:
        return Standing.CURRENT, ""  # "as a child" tells when it showed, not that it is over
    if standing is Standing.PAST:
        return standing, said.told("status") or "resolved"
    return standing, status


def _allergy(key: str, said: Sequence[Said], chart: Chart) -> Fact:
    last = said[-1]
    standing, status = allergy_word(last)
    why = dated(status or "recorded", last)
    first = next((each.day for each in said if each.is_affirmed and each.day), "")
    values = dict.fromkeys((*shown(said, last, _SHOWN), *_worst(said), *_reactions(said, chart)))
    return Fact(
        FactKind.ALLERGY,
        key,
        name_of(key),
        standing,
        why,
        status,
        last.a.certainty,
        first,
        on=last.day,
        values=tuple(values),
        history=tuple(history(said, allergy_word)),
        sources=newest_first(each.source for each in said),
    )


def _worst(said: Sequence[Said]) -> list[Value]:
    """The severity of the worst reaction."""
    told = {v.value: v for e in said if e.is_affirmed for v in e.a.values if v.what == "severity"}
    return [told[severity] for severity in SEVERITIES if severity in told][:1]


def _reactions(said: Sequence[Said], chart: Chart) -> Iterator[Value]:
    """All coded reactions, and the signs that a note names in the same clause."""
    seen = set()
    for each in reversed(said):
        beside = chart.together[each.record.id, each.a.unit, each.a.clause]
        signs = [
            Value("reaction", o.a.concept.key, o.words, start=o.a.start, end=o.a.end)
            for o in beside
            if each.record.is_note and o.a.concept.kind in _SIGNS and o.is_affirmed
        ]
        for value in (*(v for v in each.a.values if v.what == "reaction"), *signs):
            if value.value not in seen and each.is_affirmed:
                seen.add(value.value)
                yield value


def _none_known(said: Sequence[Said]) -> Fact:
    """ "No known allergies", or that it was asked in vain."""
    last = said[-1]
    standing, what = Standing.UNKNOWN, "allergies not known"
    if last.is_negated:
        kind = "" if last.a.concept.key == "any" else f"{last.a.concept.key} "
        standing, what = Standing.CURRENT, f"no known {kind}allergies"
    elif last.is_affirmed:
        what = "an allergy, to what is not told"
    steps = (Change(e.day, "none known" if e.is_negated else "unknown", (), e.source) for e in said)
    return Fact(
        FactKind.ALLERGY,
        NONE_KNOWN,
        what,
        standing,
        dated("recorded", last),
        "",
        last.a.certainty,
        said[0].day,
        on=last.day,
        history=tuple(steps),
        sources=newest_first(each.source for each in said),
    )


def is_allergy(said: Said) -> bool:
    """Does it say of one substance that the patient does not bear it?"""
    return said.is_affirmed and said.a.concept.key not in GENERAL and said.a.time is not Time.PAST
