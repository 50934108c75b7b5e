"""Risk is carried, never altered: a statement on risk against its source, word by word."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from service.summary.vocabulary import Severity
from service.verification.context.compare import is_alike, is_of_same
from service.verification.context.people import is_relative
from service.verification.context.vocabulary import PATIENT, Polarity, Says, Time
from service.verification.facts import agrees, facts
from service.verification.models import Omission, Reason, Span
from service.verification.risk_mentions import Mention, mentions
from service.verification.speakers import asserted, is_transcript
from service.verification.words import load, stems

Sourced = tuple[str, str]  # (id, text) of a source

_PROTECTIVE = {"protective factors"}
_DONE = ("violence", "abuse", "neglect")
_BY = re.compile(r"^(?:\W+\w+){0,4}?\W+by\s+(?!\d)\w", re.IGNORECASE)
_NOW = re.compile(r"\b(?:today|now|currently|tonight|at present)\b", re.IGNORECASE)
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")
_WHEN = re.compile(
    r"\b(?:(?i:yesterday|tonight|last (?:night|week|month|year|spring|summer|fall|autumn|winter)"
    r"|this (?:morning|week|month|year)|\w+ (?:days?|weeks?|months?|years?) ago"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|childhood|adolescence|lifetime|ever|never"
    r"|earlier today|in the past (?:week|month|year)|January|February|April|June|July|August"
    r"|September|October|November|December)|March|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)"
    r"\b\.?)\b"  # "MAR" is the medication administration record, "march" a walk
)  # fmt: skip


def risk_reasons(statement: str, source: str) -> list[Reason]:
    """Everything of risk that a statement flips, drops, invents or dates anew; [] where it says
    nothing of risk."""
    said, held = mentions(statement), mentions(source)
    reasons = [reason for each in said for reason in _mention_reasons(each, held)]
    if said:
        reasons += [*_value_reasons(statement, source, said, held)]
    return list(dict.fromkeys([*reasons, *_level_reasons(statement, source)]))


def _mention_reasons(said: Mention, held: Sequence[Mention]) -> Iterator[Reason]:
    same = [each for each in held if each.topic == said.topic]
    if not same:
        yield Reason("risk", said.topic)
        return
    near = _nearest(said, same)
    for check, is_carried in _QUESTIONS:
        if not any(is_carried(said, each) for each in near):
            yield Reason(check, said.sentence[:160], near[0].sentence[:160], True)


def _nearest(said: Mention, held: Sequence[Mention]) -> list[Mention]:
    """Those in the words most like the statement's, of its time and person."""
    near = [
        len(stems(said.clause) & stems(each.clause)) + 2 * len(stems(said.piece) & stems(each.piece))
        + is_alike(said.reading, each.reading) + (_critical(said) == _critical(each))
        for each in held
    ]  # fmt: skip
    return [each for each, share in zip(held, near, strict=True) if share == max(near)]


def _is_as_so(said: Mention, held: Mention) -> bool:
    return said.reading.polarity == held.reading.polarity


def _is_as_timed(said: Mention, held: Mention) -> bool:
    """Stricter than for any other statement: a past event told without its time is told anew."""
    mine, theirs = said.reading, held.reading
    if mine.time == theirs.time or {mine.time, theirs.time} == {Time.RECENT, Time.CURRENT}:
        return True
    if mine.polarity is theirs.polarity is Polarity.NEGATED:
        return Time.CURRENT not in (mine.time, theirs.time)
    if {mine.time, theirs.time} == {Time.HISTORICAL, Time.RECENT}:
        return _is_dated_alike(said, held)
    return False


def _is_dated_alike(said: Mention, held: Mention) -> bool:
    """A past told by its date: the statement has the date, or calls past what has one."""
    mine = [fact for fact in facts(said.sentence) if fact.check == "date"]
    theirs = [fact for fact in facts(held.sentence) if fact.check == "date"]
    if said.reading.time is not Time.HISTORICAL and not mine:
        return False
    return all(agrees(fact, theirs) for fact in mine) and (bool(theirs) or held.reading.is_past)


def _is_then(said: Mention, held: Mention) -> bool:
    """Beside the mention itself no other time stands ("SI today" for "SI yesterday")."""
    mine, theirs = _moments(said), _moments(held)
    return not mine or not theirs or bool(mine & theirs)


def _moments(mention: Mention) -> set[str]:
    now = {"today"} if _NOW.search(mention.piece) else set()
    return _times(mention.piece) | now


def _is_of(said: Mention, held: Mention) -> bool:
    return is_of_same(said.reading, held.reading)


def _is_done_to_same(said: Mention, held: Mention) -> bool:
    """ "Assaulted by her partner" is not "assaulted her partner"."""
    return said.topic not in _DONE or _is_suffered(said) == _is_suffered(held)


def _is_suffered(mention: Mention) -> bool:
    return bool(_BY.search(mention.after))


def _is_told_by_same(said: Mention, held: Mention) -> bool:
    """What others or the patient's quoted words say is not stated as seen or as the patient's."""
    mine, theirs = said.reading.says, held.reading.says
    if mine == theirs or Says.COLLATERAL not in (mine, theirs):
        return {mine, theirs} not in ({Says.QUOTED, Says.UNSAID}, {Says.PATIENT, Says.OBSERVED})
    return False


def _is_qualified_alike(said: Mention, held: Mention) -> bool:
    return _critical(said) == _critical(held)


def _critical(mention: Mention) -> frozenset[str]:
    """ "No active or passive SI" denies all of it."""
    words = mention.qualifiers & frozenset(load("risk.toml")["qualifiers"]["critical"])
    return words - {"active", "passive"} if {"active", "passive"} <= words else words


_QUESTIONS: tuple[tuple[str, Callable[[Mention, Mention], bool]], ...] = (
    ("polarity", _is_as_so), ("time", _is_as_timed), ("time", _is_then), ("subject", _is_of),
    ("subject", _is_done_to_same), ("attribution", _is_told_by_same), ("qualifier", _is_qualified_alike),
)  # fmt: skip


def _value_reasons(
    statement: str, source: str, said: Sequence[Mention], held: Sequence[Mention]
) -> Iterator[Reason]:
    """Means, times and words of degree that the source does not have."""
    mine = "\n".join(dict.fromkeys(each.sentence for each in said))
    theirs = "\n".join(dict.fromkeys(each.sentence for each in held))
    protective = (("protective factors", stems),) if _PROTECTIVE & {m.topic for m in said} else ()
    for check, values in (
        *protective,
        ("means", _means),
        ("time", _times),
        ("qualifier", _degrees),
    ):
        known = values(source) | (_months(source) if values is _times else set())
        for value in sorted(values(mine) - known):
            instead = ", ".join(sorted(values(theirs) - values(statement)))
            yield Reason(check, value, instead, bool(instead))


def _means(text: str) -> set[str]:
    words = set(_WORD.findall(text.casefold()))
    plain = text.casefold()
    return {
        name for name, said in load("risk.toml")["means"].items()
        if any(word in words if " " not in word else word in plain for word in said)
    }  # fmt: skip


def _times(text: str) -> set[str]:
    """Times by name, months by their first three letters."""
    named = {" ".join(match[0].casefold().rstrip(".").split()) for match in _WHEN.finditer(text)}
    return {word[:3] if word[:3] in _MONTHS else word for word in named}


def _months(text: str) -> set[str]:
    """The months of a text's dates ("2026-03-10" has March)."""
    dates = [fact.value for fact in facts(text) if fact.check == "date"]
    return {_MONTHS[day[1] - 1] for day in dates if isinstance(day, tuple) and day[1]}


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _degrees(text: str) -> set[str]:
    known = load("risk.toml")["qualifiers"]
    words = frozenset(known["words"]) - frozenset(known["critical"])
    return set(_WORD.findall(text.casefold())) & words


@lru_cache(maxsize=1)
def _level() -> re.Pattern[str]:
    words = "|".join(load("risk.toml")["levels"]["words"])
    one = rf"(?:{words})(?:(?: |-)to(?: |-)(?:{words}))?"
    kinds = r"(?:acute|chronic|imminent|baseline|overall|near-term|long-term|short-term)"
    between = r"(?:suicide |suicidal |violence |self-harm |safety |current |harm )?"
    return re.compile(
        rf"(?P<kind>{kinds} )?{between}risk(?: (?:for|of|to) [\w -]{{1,40}}?)?"
        rf"(?: level)?(?:\s*[:=-])?(?: (?:is|was|are|remains|assessed|estimated|judged|rated|considered"
        rf"|as|at|to be|currently|overall|today|now|felt))* (?P<after>{one})\b"
        rf"|\b(?P<before>{one})[ -](?P<kind2>{kinds} )?{between}risk\b",
        re.IGNORECASE,
    )  # fmt: skip


def _levels(text: str) -> set[tuple[str, str]]:
    """(acute or chronic or "", level in words) of every estimate."""
    return {
        ((m["kind"] or m["kind2"] or "").strip().casefold(),
         (m["after"] or m["before"]).casefold().replace("-", " "))
        for m in _level().finditer(" ".join(text.split()))
    }  # fmt: skip


def carried_words(statement: str, source: str) -> str:
    """The statement's words for a risk that the source has in other words."""
    topics = {each.topic for each in mentions(source)}
    return " ".join(statement[m.start : m.end] for m in mentions(statement) if m.topic in topics)


def _level_reasons(statement: str, source: str) -> Iterator[Reason]:
    """An estimate must stand in the source, for the same kind of risk."""
    held = _levels(source)
    for kind, level in sorted(_levels(statement) - held):
        if not kind and level in {each for _, each in held}:
            continue
        instead = [each for other, each in sorted(held) if other == kind or not other or not kind]
        said = f"{kind} risk {level}".strip()
        yield Reason("risk level", said, ", ".join(instead), bool(instead))


def uncarried(sources: Sequence[Sourced], summary: str) -> list[Omission]:
    """What the sources say of risk and no statement of the summary carries, each thing once."""
    said = mentions(summary)
    found: dict[tuple[object, ...], Omission] = {}
    for source_id, text in sources:
        for each, span in _told(source_id, text):
            if _is_kept(each) and not _is_carried(each, said, summary):
                reading = each.reading
                key = (each.topic, reading.polarity, reading.subject, _critical(each))
                found.setdefault(key, _omission(each, span))
    return list(found.values())


def _told(source_id: str, text: str) -> Iterator[tuple[Mention, Span]]:
    """The mentions of a source, each with the place that bears it."""
    if is_transcript(text):
        for told in asserted(text):
            span = Span(source_id, told.start, told.end, text[told.start : told.end])
            yield from ((each, span) for each in mentions(told.said))
        return
    for each in mentions(text):
        end = each.at + len(each.sentence)
        yield each, Span(source_id, each.at, end, each.sentence)


def _is_carried(held: Mention, said: Sequence[Mention], summary: str) -> bool:
    carrying = [mine for mine in said if mine.topic == held.topic and _carries(mine, held)]
    return bool(carrying) and _has_values(summary, held)


def _has_values(summary: str, held: Mention) -> bool:
    """What happened keeps its date and its means."""
    if held.reading.polarity is not Polarity.AFFIRMED:
        return True
    said = facts(summary)
    dates = [fact for fact in facts(held.sentence) if fact.check == "date"]
    return (
        _means(held.sentence) <= _means(summary)
        and _times(held.sentence) <= _times(summary) | _months(summary)
        and all(agrees(fact, said) for fact in dates)
    )


def _is_kept(mention: Mention) -> bool:
    """What a warning or a plan only names, and what befell a stranger, is no fact of the chart."""
    reading = mention.reading
    is_real = reading.time not in (Time.HYPOTHETICAL, Time.PLANNED)
    return is_real and (reading.subject == PATIENT or is_relative(reading.subject))


def _carries(said: Mention, held: Mention) -> bool:
    return all(is_carried(said, held) for check, is_carried in _QUESTIONS if check != "attribution")


def _omission(mention: Mention, span: Span) -> Omission:
    fact = f"{mention.topic}: {' '.join(mention.sentence.split())}"[:300]
    return Omission("risk", fact, Severity.MAJOR, "What is said of risk must be carried.", (span,))
