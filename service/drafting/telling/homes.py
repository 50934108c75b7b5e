"""What a type must carry, each at its place: the section's own words for it, else its own line."""

from collections.abc import Iterator, Sequence

from service.drafting.request import Drafted, DraftRequest, Owed
from service.drafting.telling.budget import Candidate
from service.drafting.telling.item import Telling
from service.drafting.telling.medicines import row
from service.drafting.telling.owed import Lines
from service.drafting.telling.place import ALSO, section_for
from service.facts.fact import FactKind
from service.summary.document import Citation, Section, Statement
from service.summary.vocabulary import Severity


def promoted(
    request: DraftRequest, drafted: Drafted, lacking: Sequence[Owed]
) -> Iterator[Candidate]:
    """What the brief lacks of what the type must carry, each by its own line at its place."""
    lines, keys, telling = Lines(request), [s.key for s in drafted.sections], Telling(request)
    actions = {s.key for s in request.prompt.meta.sections if s.style == "loops"}
    for nth, each in enumerate(lacking):
        number = keys.index(section_for(each.kind, keys))
        is_table = keys[number] in request.prompt.meta.tables
        own = None
        if is_table or keys[number] in actions:
            own = _own(drafted.sections[number], each)
        if own is None and is_table:
            number = keys.index(section_for("", keys))  # a table has rows alone
        is_grave = each.severity is Severity.MAJOR
        stated = own or lines.of(each)
        for told in (stated,) if stated else _rows(telling, each):
            yield Candidate(number, nth - len(lacking), told, is_grave=is_grave)


def _rows(telling: Telling, owed: Owed) -> Iterator[Statement]:
    """The medicines of a line that may not be told, as it names another in dispute: each as the
    brief would tell it."""
    for fact in telling.facts.of(FactKind.MEDICINE):
        is_there = any(
            id == s.record_id and a <= s.start < b for id, a, b in owed.places for s in fact.sources
        )
        if is_there and (told := row(telling, fact)):
            yield Statement(told.text, told.citations)


def _own(section: Section, owed: Owed) -> Statement | None:
    """What the section has of it in its own form: a row of a medicine, an action."""
    return next((s for s in section.statements if any(_is_at(c, owed) for c in s.citations)), None)


def _is_at(cited: Citation, owed: Owed) -> bool:
    return any(
        cited.record_id == id and cited.start < end and start < cited.end
        for id, start, end in owed.places
    )


def is_homeless(drafted: Drafted, owed: Candidate) -> bool:
    """Of what weighs less, the type tells only what it is made of; the rest is counted."""
    return drafted.sections[owed.section].key == ALSO and not owed.is_grave
