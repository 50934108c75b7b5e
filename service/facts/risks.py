"""Risk topics: the latest word with its day and teller, and whatever ever happened."""

from collections.abc import Iterator, Sequence

from service.facts.fact import Change, Fact, FactKind, Standing, newest_first
from service.facts.problems import shown, word_of
from service.facts.said import Chart, Said, dated, name_of
from service.reading.assertions import Act, Assertion, Certainty, Kind, Says, Time

# What happened and is then over: said in the past or with a day, it is not a state of today.
_HAPPENED = frozenset(
    (
        *("suicide-attempt", "aborted-attempt", "interrupted-attempt", "preparatory-act"),
        *("overdose", "suicide-death", "suicidal-behavior"),
    )
)
# Those of a person's own life: who denies any attempt denies each of them.
OWN_LIFE = ("suicide-attempt", "aborted-attempt", "interrupted-attempt", "overdose")
_PLANS = frozenset(("safety-plan", "safety-contract", "means-safety"))
_GIVEN = frozenset(("protective-factor", "warning-sign", "risk-factor"))  # each told for itself
_LEVELS = frozenset(("suicide-risk", "violence-risk", "risk-level"))
_SHOWN = ("level", "severity", "count", "date", "item", "quantity", "until", "rationale")
_RISK, _HEIGHTS = "risk", frozenset(("low", "moder", "moderate", "high", "elev", "elevated"))
_ACUTE, _CHRONIC = "acut", "chronic"


def risk_facts(chart: Chart) -> Iterator[Fact]:
    groups: dict[str, list[Said]] = {}
    for said in chart.of[Kind.RISK]:
        if _counts(said):
            groups.setdefault(_topic(said), []).append(said)
    for key, told in groups.items():
        yield _risk(key, told)


def _counts(said: Said) -> bool:
    """What stands in a plan for the case that is no fact; a safety plan that is planned is."""
    return said.is_meant or (said.a.concept.key in _PLANS and said.a.time is Time.PLANNED)


def topics_of(said: Assertion) -> Iterator[str]:
    """The topics that one assertion speaks of; "RISK: low for self and infant" is a level too."""
    if said.concept.kind is Kind.RISK:
        yield said.concept.key
    if _RISK in said.words and not said.words.isdisjoint(_HEIGHTS):
        yield "risk-level"


def _topic(said: Said) -> str:
    """Acute and chronic levels are two topics; so is each protective factor by its words."""
    key = said.a.concept.key
    if key in _LEVELS:
        for stem, name in ((_ACUTE, "acute"), (_CHRONIC, "chronic")):
            if stem in said.a.words:
                return f"{name}-{key}"
    if key in _GIVEN and said.a.words:
        return f"{key}:{' '.join(sorted(said.a.words))}"
    return key


def risk_word(said: Said) -> tuple[Standing, str]:
    """How a topic stands by one saying, and who denied it."""
    key = said.a.concept.key
    if said.a.act is Act.AVOID and not said.record.is_note:
        return Standing.PLANNED, "to be avoided"
    if said.a.time is Time.PLANNED:
        return Standing.PLANNED, "planned"
    if key in _PLANS and said.a.act in (Act.STOPPED, Act.HELD):
        return Standing.PAST, "revoked" if said.a.act is Act.STOPPED else "on hold"
    if key in _PLANS and said.a.act is Act.DECLINED:
        return Standing.REFUTED, "declined"
    standing, status = word_of(said)
    if standing is Standing.REFUTED:
        is_own = said.a.says in (Says.PATIENT, Says.QUOTED)
        return standing, "denied" if is_own else "not present"
    if standing is Standing.CURRENT and key in _HAPPENED:
        return Standing.PAST, "happened"
    if standing is Standing.CURRENT and said.a.time is Time.EVER:
        return Standing.PAST, "happened before"
    return standing, "happened before" if standing is Standing.PAST and not status else status


def _risk(key: str, said: Sequence[Said]) -> Fact:
    last = _latest(said)
    standing, status = risk_word(last)
    ever = [e for e in said if e.is_affirmed and e.a.certainty is Certainty.SURE]
    if standing is Standing.REFUTED and ever:
        standing = Standing.PAST
        status = f"{status}; happened before"
    why = dated(_told(status, last), last)
    if standing is Standing.PAST and not last.is_affirmed and ever:
        why = f"{dated(status.partition(';')[0], last)}; before that: {dated('said', ever[-1])}"
    name, _, of = key.partition(":")
    return Fact(
        FactKind.RISK,
        key,
        f"{name_of(name)}: {of}" if of else name_of(name),
        standing,
        why,
        status or _level(last),
        last.a.certainty,
        _since(key, ever),
        on=last.day,
        values=tuple(shown(said, last, _SHOWN)) if last.is_affirmed else (),
        history=tuple(_history(said)),
        sources=newest_first(each.source for each in said),
    )


def _told(status: str, said: Said) -> str:
    """Of what happened the day is when it was told, unless its own is."""
    if status.startswith("happened"):
        day = said.told("date")
        return f"happened{f' ({day})' if day else ''}, told"
    return status or _level(said) or "said"


def _since(key: str, ever: Sequence[Said]) -> str:
    """The first day; of what happened only one that is told as its own."""
    own = [e.a.on for e in ever if e.a.on[:1].isdecimal() and e.value("date")]
    return min(own or ([] if key in _HAPPENED else [e.day for e in ever if e.day]), default="")


def _latest(said: Sequence[Said]) -> Said:
    """The latest word of today; what is told of the past is it only where nothing else is. On
    one day a positive word counts before a denial."""
    present = [each for each in said if each.a.time in (Time.NOW, Time.PLANNED)] or list(said)
    day = max(each.day for each in present)
    of_day = [each for each in present if each.day == day]
    return next((e for e in reversed(of_day) if e.is_affirmed and e.is_sure), of_day[-1])


def _level(said: Said) -> str:
    return said.told("level")


def _history(said: Sequence[Said]) -> Iterator[Change]:
    """Each day's word, once a word."""
    seen = set()
    for each in said:
        standing, status = risk_word(each)
        word = _level(each) or status or standing.value
        if (each.day, word) not in seen:
            seen.add((each.day, word))
            yield Change(each.day, word, each.a.values, each.source)
