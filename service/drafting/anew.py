"""One section drafted anew, while the others of the version before stand as they are."""

from dataclasses import replace

from service.drafting.coverage import snapshot_digest
from service.drafting.request import Drafted, DraftRequest, Dropped
from service.drafting.telling import glue
from service.summary.document import Section
from service.summary.models import SummaryVersion

CHANGED = "The chart has changed since: every section was drafted anew."


def narrowed(request: DraftRequest, before: SummaryVersion | None) -> DraftRequest:
    """The request for the section that is wanted, where one is and the others can stand: what
    they cite must still be what the chart holds. Else for all, which `wished` then says."""
    wanted = request.wished
    if not wanted.section:
        return request
    if before is None or not _can_stand(before, request):
        return replace(request, wished=replace(wanted, section="", done=(CHANGED,)))
    chosen = tuple(s for s in request.sections if s.prompt.key == wanted.section)
    return replace(request, sections=chosen)


def _can_stand(before: SummaryVersion, request: DraftRequest) -> bool:
    keys = [section.key for section in _written(before)]
    is_same = before.coverage.get("snapshot") == snapshot_digest(request.records)
    return is_same and keys == [section.prompt.key for section in request.sections]


def _written(before: SummaryVersion) -> list[Section]:
    """What a writer wrote: what is composed round it is composed anew."""
    return [each for each in before.content.sections if each.key not in (glue.BRIEF, glue.REST)]


def completed(drafted: Drafted, request: DraftRequest, before: SummaryVersion | None) -> Drafted:
    """The sections that were not asked for again, as they stand in the version before."""
    if not request.wished.section or before is None:
        return drafted
    new = {section.key: section for section in drafted.sections}
    sections = tuple(new.get(old.key, old) for old in _written(before))
    others = tuple(
        Dropped(**each) for each in before.coverage.get("dropped", ()) if each["section"] not in new
    )
    told = {s["key"]: s.get("not_shown", 0) for s in before.coverage.get("sections", ())}
    return replace(
        drafted,
        sections=sections,
        dropped=(*others, *drafted.dropped),
        writers={**before.writer.get("sections", {}), **drafted.writers},
        carried={**before.coverage.get("carried", {}), **drafted.carried},
        not_shown={**told, **dict.fromkeys(new, 0), **drafted.not_shown},
    )
