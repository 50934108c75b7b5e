"""A statement that says otherwise than its facts: as so what is over, or as over what is so."""

from collections.abc import Iterable, Sequence

from service.drafting.model.held import (
    DATED,
    WORD,
    days_of,
    ends,
    is_of,
    key_of,
    telling,
    values_of,
    words_of,
)
from service.drafting.model.numbered import Numbered
from service.facts.fact import Fact, Standing
from service.reading.assertions import Act, Assertion, Polarity, Tense, Time

_OVER = (Standing.PAST, Standing.REFUTED)


def turned(
    text: str, said: Iterable[Assertion], facts: Sequence[Numbered], held: Sequence[Assertion]
) -> str | None:
    """What is told as so where the fact is over or denied, or the reverse; a beginning on the day
    of an end. What is told of a day may be what a source says of that day."""
    ends = [word for word in WORD.findall(text.casefold()) if word in telling().ended]
    for each in said:
        for fact in (n.fact for n in facts if key_of(n.fact) == each.concept.key):
            alike = [a for a in held if a.concept.key == each.concept.key]
            is_denied = len(ends) == 1 and fact.standing in _OVER  # "not among her medicines"
            is_told = days_of(each) and _says_so(each, alike)
            if _is_turned(each, fact) and not (is_denied or is_told):
                return f"It says otherwise than the fact: {fact.name} is {fact.standing}."
            if misdated := _misdated(each, fact):
                return f"“{misdated}” is not when {fact.name} began or ended."
    return None


def _is_turned(each: Assertion, fact: Fact) -> bool:
    was = each.time is Time.EVER or (each.tense is Tense.PAST and not days_of(each))
    if fact.standing is Standing.PAST and was:
        return each.polarity is Polarity.NEGATED  # "a history of", "she had"
    return ends(each, fact.kind) is not (fact.standing in _OVER)


def _says_so(each: Assertion, alike: Iterable[Assertion]) -> bool:
    return any(ends(each) is ends(a) and each.polarity is a.polarity for a in alike)


def _misdated(each: Assertion, fact: Fact) -> str:
    """What is said to have begun began then, and what is said to have ended ended then."""
    begins, stops = each.act is Act.STARTED, each.act is Act.STOPPED
    if not (begins or stops):
        return ""
    named = "started" if begins else "stopped"
    days = {fact.since if begins else fact.until}
    days |= {change.on for change in fact.history if change.what.startswith(named)}
    for value in values_of([each], DATED):
        if not any(is_of(str(value.value), day) for day in days if day):
            return value.said
    return ""


def misplaced(text: str, facts: Sequence[Numbered], words: str) -> str | None:
    """A word of an end or a denial where all that it tells of stands, or one of what stands where
    all is over."""
    over = [n.fact.standing in _OVER for n in facts]
    told, own = words_of(text), words_of(words)
    if not any(over) and (found := sorted((told & telling().ended) - own)):
        return f"“{found[0]}” is said of what stands."
    denied = told & telling().ended
    if all(over) and not denied and (found := sorted((told & telling().standing) - own)):
        return f"“{found[0]}” is said of what is over."
    return None
