"""The facts of a chart as a question shows them: numbered, in words, each with where it stands."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from service.drafting.request import DraftRequest, SectionRequest
from service.drafting.telling.item import Rank, Telling
from service.facts.fact import Conflict, Fact, FactKind, FactSource, Standing
from service.facts.wording import sentence_place, value_words
from service.summary.document import Citation, Statement

MOST_FACTS = 30  # of one section
MOST_BEFORE = 3  # earlier values of one fact
MOST_PLACES = 6  # at which a fact is cited
_OVER = (Standing.PAST, Standing.REFUTED)
_CURRENT = tuple(standing for standing in Standing if standing not in _OVER)
# Of a section that is of some standings only.
_STANDINGS = {"current-medications": _CURRENT, "stopped-medications": _OVER}
# What a value is of whose words say nothing to a reader beside the others.
_LEFT_OUT = frozenset(("strength", "standing", "since", "until", "item", "name", "form", "order"))
_TOLD = "told:"  # the key of a fact that is a source's own sentence


@dataclass(frozen=True)
class Numbered:
    """A fact with the id that a model cites it by. `line` is what it is shown as, `own` the
    statement that stands in the place of what a model got wrong: a source's own words. `places`
    are those that it rests on."""

    id: str
    fact: Fact
    line: str
    citations: tuple[Citation, ...]
    places: tuple[FactSource, ...]
    own: Statement | None = None


class Numbers:
    """Numbers the facts of one draft. `number` makes an id of a fact's own name."""

    def __init__(self, request: DraftRequest, number: Callable[[str], str]) -> None:
        self.request, self.telling, self.number = request, Telling(request), number

    def of(self, section: SectionRequest) -> list[Numbered]:
        """The facts that a section tells of, in their order; none of those that stand nowhere
        that may be shown."""
        key = section.prompt.key
        fits = _STANDINGS.get(key, tuple(Standing))
        kinds = section.prompt.tells_of
        chosen = (f for f in self.request.facts.of(*kinds) if f.standing in fits)
        made = (self._numbered(fact) for fact in chosen)
        return [each for each in made if each][:MOST_FACTS]

    def _numbered(self, fact: Fact) -> Numbered | None:
        places = tuple(self.telling.sound(list(_places(fact))))[:MOST_PLACES]
        if not places:
            return None
        own = self.telling.first_quoted(fact.sources, Rank.OTHER)
        return Numbered(
            self.number(f"fact {fact.kind} {fact.key} {fact.since} {fact.on}"),
            fact,
            _line(fact, self.request.facts.conflicts),
            tuple(dict.fromkeys(map(self._cited, places))),
            places,
            Statement(own.text, own.citations) if own else None,
        )

    def _cited(self, place: FactSource) -> Citation:
        text = self.telling.records[place.record_id].text
        start, end = sentence_place(text, place.start, place.end)
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        return self.telling.cite(place, start, end)


def _places(fact: Fact) -> Iterator[FactSource]:
    """The newest words on it, then those of what was before."""
    yield from fact.sources[:2]
    yield from (change.source for change in reversed(fact.history) if change.source)


def _line(fact: Fact, conflicts: Iterable[Conflict]) -> str:
    """ "lithium (medicine): current; 600 mg; at bedtime; since 2026-08-26; last told 2026-08-26;
    before: 900 mg (2024-08-20)"."""
    if fact.key.startswith(_TOLD):
        return f"{fact.kind}: “{fact.name}” (told {fact.on})"
    said = [fact.standing.value]
    said += [fact.status] if fact.status and fact.status != fact.standing else []
    said += [w for v in fact.values if v.what not in _LEFT_OUT if (w := value_words(v)) not in said]
    said += [f"since {fact.since}"] if fact.since else []
    said += [f"until {fact.until}"] if fact.until else []
    said += [f"last told {fact.on}"] if fact.on else []
    said += [f"before: {', '.join(before)}"] if (before := _before(fact)) else []
    said += [f"conflict: {c.why}" for c in conflicts if c.key == fact.key]
    # "phq 9 of 2" is read as two numbers; a scale is written as its key.
    name = fact.key.upper() if fact.kind is FactKind.SCORE else fact.name
    return f"{name} ({fact.kind}): {'; '.join(dict.fromkeys(said))}"


def _before(fact: Fact) -> list[str]:
    now = {value.said for value in fact.values}
    found = [
        f"{value.said} ({change.on})"
        for change in reversed(fact.history)
        for value in change.values[:1]
        if value.what in ("dose", "level", "score", "quantity") and value.said not in now
    ]
    return list(dict.fromkeys(found))[:MOST_BEFORE]
