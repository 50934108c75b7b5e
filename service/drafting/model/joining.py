"""The pieces joined into sections, without another summary; the rest written from the chart."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from service.drafting.extractive import NAME as EXTRACTIVE
from service.drafting.extractive import Desk
from service.drafting.model.pieces import Piece, Pieces
from service.drafting.request import Drafted, DraftRequest, Dropped, SectionRequest
from service.summary.document import Section, Statement


def join(
    request: DraftRequest,
    pieces: Pieces,
    details: Mapping[str, Any],
    not_asked: Mapping[str, int] = MappingProxyType({}),
) -> Drafted:
    """Every section in order: the model's, or the chart's own words where it wrote none.
    `not_asked` counts, by section, the passages that it was not shown for want of time."""
    desk = Desk(request)
    sections: dict[str, Section] = {}
    writers: dict[str, str] = {}
    # Risk first, as the extractive writer does: a sentence is told once, and it is told there.
    urgent = sorted(request.sections, key=lambda s: not s.prompt.extractive)
    for section in request.watch.through(urgent):
        key, held = section.prompt.key, pieces.of(section)
        problem = _problem(held)
        if not held or problem:
            sections[key] = desk.section(section)
            writers[key] = f"{EXTRACTIVE} ({problem})" if problem else EXTRACTIVE
        else:
            sections[key] = _section(section, held, desk, not_asked.get(key, 0))
            writers[key] = pieces.writer
    keys = [section.prompt.key for section in request.sections]
    return Drafted(
        sections=tuple(sections[key] for key in keys),
        dropped=tuple(_once(d for piece in pieces.held.values() for d in piece.dropped)),
        writers={key: writers[key] for key in keys},
        not_shown=desk.not_shown,
        carried=pieces.carried(),
        details=details,
    )


def _problem(held: list[Piece]) -> str:
    """Why the model's section cannot stand: a part is missing, or nothing of it held. A model was
    asked because there is evidence: that nothing is documented is not for it to say."""
    for piece in held:
        if piece.problem:
            return piece.problem
    if not held or any(piece.stated for piece in held):
        return ""
    lost = any(piece.dropped for piece in held)
    return "nothing that the model wrote is in the chart" if lost else "the model wrote nothing"


def _section(section: SectionRequest, held: list[Piece], desk: Desk, not_asked: int) -> Section:
    prompt = section.prompt
    stated = _told_once(statement for piece in held for statement in piece.stated)
    room = prompt.max_statements * len(held)
    if left := max(0, len(stated) - room) + not_asked:
        desk.not_shown[prompt.key] = left
    return Section(prompt.key, prompt.title, tuple(stated[:room]), desk.closing(section))


def _told_once(statements: Iterable[Statement]) -> list[Statement]:
    """Two parts may say the same: once, with the citations of both."""
    told: dict[str, Statement] = {}
    for each in statements:
        same = " ".join(each.text.casefold().split())
        before = told.get(same)
        cited = dict.fromkeys((*before.citations, *each.citations)) if before else each.citations
        told[same] = Statement((before or each).text, tuple(cited), each.writer)
    return list(told.values())


def _once(dropped: Iterable[Dropped]) -> list[Dropped]:
    return list(dict.fromkeys(dropped))
