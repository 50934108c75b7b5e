"""Whether a rule asks for a fact: by kind, standing, status, name, words, acts and age."""

from datetime import date, timedelta

from service.drafting.template import MustCarry
from service.facts import Fact, FactKind, ReadRecord
from service.facts.abnormal import has_range, is_abnormal
from service.facts.fact import Standing
from service.reading.lexicon.relations import wider
from service.verification.omission.names import names, own_names
from service.verification.omission.sources import Sources

NOTE = "note"  # among the record types of a rule
DENIED = ("denied", "not present", "absent")


def asks_for(rule: MustCarry, fact: Fact, sources: Sources) -> bool:
    tests = (
        _stands(rule, fact),
        _has_status(rule, fact),
        not rule.keys or not names(fact).isdisjoint(rule.keys),
        (own_names(fact) | _words(fact, sources)).isdisjoint(rule.without),
        _is_worded(rule, fact, sources),
        not rule.told or any(fact.value(what) for what in rule.told),
        not rule.beside or _stands_beside(rule, fact, sources),
        rule.take != "abnormal" or _is_out_of_range(fact, sources),
    )
    if rule.listed and _is_listed_otherwise(rule, fact, sources):
        return False
    return all(tests) and is_lately(rule, fact.on, sources.facts.on)


def _is_out_of_range(fact: Fact, sources: Sources) -> bool:
    """Of what a record alone tells only those whose range is known: the others are told by flags
    that most laboratories give to much that harms nobody."""
    is_note = sources.records[fact.sources[0].record_id].is_note
    return (is_note or has_range(fact.key)) and is_abnormal(fact, sources.records)


def _is_listed_otherwise(rule: MustCarry, fact: Fact, sources: Sources) -> bool:
    """Where somebody keeps a list in the chart, does only an older note tell of it?"""
    return is_beside_list(rule, fact, sources) and fact.on < sources.newest_note


def is_beside_list(rule: MustCarry, fact: Fact, sources: Sources) -> bool:
    """Do only notes tell of it, where the chart keeps a list of such things?"""
    types = {sources.records[source.record_id].type for source in fact.sources}
    if not types.isdisjoint(rule.listed):
        return False
    return any(record.type in rule.listed for record in sources.records.values())


def _stands(rule: MustCarry, fact: Fact) -> bool:
    is_denied = fact.standing is Standing.REFUTED or fact.status.startswith(DENIED)
    is_asked = not rule.standings or fact.standing in rule.standings
    return is_asked or (rule.denials and is_denied)


def _has_status(rule: MustCarry, fact: Fact) -> bool:
    """What is told in words of its own is asked for as such, or as something owed."""
    if fact.status == "told" and FactKind.OPEN_LOOP not in rule.facts:
        return "told" in rule.statuses
    if rule.statuses_without and fact.status.startswith(rule.statuses_without):
        return False
    return not rule.statuses or fact.status.startswith(rule.statuses)


def _words(fact: Fact, sources: Sources) -> frozenset[str]:
    """The words that its newest saying has beside it: "pregnancy *prevention*"."""
    return next((said.a.words for said in sources.sayings(fact)), frozenset())


def _is_worded(rule: MustCarry, fact: Fact, sources: Sources) -> bool:
    """Of the record types, with and without the words that the rule has."""
    records = [sources.records[source.record_id] for source in fact.sources]
    if not any(is_of(rule, record) for record in records):
        return False
    name = fact.name.casefold()
    if any(word in name for word in rule.without_words):
        return False
    told = " ".join((name, *(r.text.casefold() for r in records[:1] if not r.is_note)))
    return not rule.words or any(word in told for word in rule.words)


def is_of(rule: MustCarry, record: ReadRecord) -> bool:
    """Is the record of the types that the rule has, if any?"""
    type_ = NOTE if record.is_note else record.type
    return not rule.record_types or type_ in rule.record_types


def _stands_beside(rule: MustCarry, fact: Fact, sources: Sources) -> bool:
    """Does a sentence that tells of it name one of these too?"""
    said = [a for source in fact.sources for a in sources.around(source)]
    named = {each for a in said for each in (a.concept.key, *wider(a.concept.key), *a.words)}
    has_age = any(v.what in ("age", "count") for a in said for v in a.values)
    return has_age or not named.isdisjoint(rule.beside)


def is_lately(rule: MustCarry, on: str, today: str) -> bool:
    """Of a day that is no more than a month or a year, by that."""
    if rule.within_days is None:
        return True
    first = str(date.fromisoformat(today) - timedelta(days=rule.within_days))
    return not on or on >= first[: len(on)]
