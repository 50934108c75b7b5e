"""Medicines as a section tells them, a row each: as they stand, what changed, the whole course."""

from collections.abc import Iterable, Iterator, Sequence

from service.drafting.request import SectionRequest
from service.drafting.telling.course import course
from service.drafting.telling.item import Telling
from service.drafting.telling.medicines import medicines
from service.drafting.telling.owed import Lines
from service.facts.fact import Change, Fact, FactKind, FactSource, Standing
from service.reading.lexicon.relations import wider
from service.summary.document import Statement

CHANGES = ("started", "increased", "reduced", "stopped", "held", "tapered")
ENDS = ("stopped", "held", "refused", "not filled", "not to be given", "missed")
LIVE = (Standing.CURRENT, Standing.DISPUTED, Standing.ON_HOLD)
OVER = (Standing.PAST, Standing.REFUTED)
_NO_TRIALS = ("vaccine", "over-the-counter-medicine", "hormone-replacement")


def rows(telling: Telling, section: SectionRequest) -> Iterator[Statement]:
    """The newest first; of a course every medicine that was ever taken."""
    prompt, lines = section.prompt, Lines(telling.request)
    every = sorted(telling.facts.of(FactKind.MEDICINE), key=lambda f: f.until or f.on, reverse=True)
    standing = [fact for fact in every if fact.standing in prompt.standings]
    if prompt.rows == "course":
        yield from _courses(telling, every, is_now=Standing.CURRENT in prompt.standings)
    elif prompt.rows == "changed":
        yield from _ended(lines, (_steps(f, CHANGES, _day(section)) for f in every))
    elif set(prompt.standings) & set(OVER):
        yield from _ended(lines, (_steps(f, ENDS) for f in standing))
    else:
        yield from (Statement(item.text, item.citations) for item in medicines(telling))


def _courses(telling: Telling, facts: Sequence[Fact], *, is_now: bool) -> Iterator[Statement]:
    """Of those that the brief reconciles, or of all others. A medicine once: not by its class
    beside it, nor by what is brought under another name."""
    classes = {key for fact in facts for key in wider(fact.key)}
    now = {c.record_id for item in medicines(telling) for c in item.citations}
    told: set[str] = set()
    for fact in facts:
        is_named = fact.key not in classes and not telling.is_any(fact.key, _NO_TRIALS)
        is_live = fact.standing in LIVE and any(s.record_id in now for s in fact.sources)
        is_wanted = is_named and fact.key not in told and is_live is is_now
        if is_wanted and (row := course(telling, fact, is_now=is_now)):
            told.add(fact.key)
            yield row


def _day(section: SectionRequest) -> str:
    return f"{section.window.since:%Y-%m-%d}" if section.window.since else ""


def _steps(fact: Fact, of: Iterable[str], since: str = "") -> list[Change]:
    """The last first."""
    told = (*of,)
    return [c for c in reversed(fact.history) if c.what.startswith(told) and c.on[:10] >= since]


def _ended(lines: Lines, found: Iterable[list[Change]]) -> Iterator[Statement]:
    """By the words in which it was changed or ended; once, where one sentence tells of several."""
    told: set[str] = set()
    for steps in found:
        sources: list[FactSource] = [step.source for step in steps if step.source]
        places = [(s.record_id, s.start, s.end) for s in sources]
        stated = lines.at(places) if places else None
        if stated and stated.text not in told:
            told.add(stated.text)
            yield stated
