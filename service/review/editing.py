"""Editing: a person's words become a new version, verified before it answers."""

from dataclasses import replace

from sqlalchemy.orm import Session

from service.drafting.telling.place import line_of, section_for
from service.errors import BadInput
from service.review import arranging, recite
from service.review.edits import new_version, opened
from service.review.findings import find_finding
from service.review.wording import one_line
from service.summary.document import OWN, Statement
from service.summary.models import SummaryVersion
from service.summary.people import Person
from service.summary.vocabulary import FindingKind
from service.verification.language import offers_rewrite, with_rewrite
from service.verification.verify import Prompts


def edit_statement(
    session: Session,
    summary_id: str,
    index: int,
    text: str,
    *,
    by: Person,
    digest: str | None = None,
    prompts: Prompts | None = None,
) -> SummaryVersion:
    """The new version with this statement reworded, or removed when `text` is empty.

    `digest` is the text that the person was looking at: another one is a Conflict. What a reworded
    statement cites is looked for anew in the chart that the draft was made from.
    """
    summary, before = opened(session, summary_id, digest, by)
    statement = before.content.statement(index)
    wanted = reworded(statement, text)
    if wanted == statement:
        return before
    edit = {"act": "statement-removed" if wanted is None else "statement-reworded"}
    edited = before.content.with_statement(index, wanted)
    if wanted is not None:
        edited = recite.cited_anew(session, summary, edited, index)
    return new_version(
        session,
        summary,
        arranging.told_empty(edited),
        edit={**edit, "statement": index},
        by=by,
        prompts=prompts,
    )


def take_rewrite(
    session: Session,
    summary_id: str,
    number: int,
    *,
    by: Person,
    digest: str | None = None,
    prompts: Prompts | None = None,
) -> SummaryVersion:
    """The new version in which the words that a finding offers stand in place of those it names.

    An edit like any other: nothing takes a rewrite but a person. Raises NotFound, BadInput.
    """
    summary, before = opened(session, summary_id, digest, by)
    finding = find_finding(summary, number)
    index, text = finding.statement_index, None
    if index is not None and offers_rewrite(finding.kind, finding.source):
        text = with_rewrite(before.content.statement(index).text, finding.said, finding.source)
    if index is None or text is None:
        raise BadInput("This finding offers no words that can be taken. Edit the statement.")
    statement = replace(before.content.statement(index), text=one_line(text), writer="person")
    edited = before.content.with_statement(index, statement)
    edit = {"act": "statement-reworded", "statement": index}
    return new_version(session, summary, edited, edit=edit, by=by, prompts=prompts)


def add_statement(
    session: Session,
    summary_id: str,
    section_key: str,
    text: str,
    *,
    by: Person,
    finding: int | None = None,
    place: tuple[str, str] | None = None,
    own: bool = False,
    digest: str | None = None,
    prompts: Prompts | None = None,
) -> SummaryVersion:
    """The new version with a statement more at the end of a section.

    It cites what `finding` (the number of an omission, say) points at, or `place` (a record's id
    and words of it); `own` marks it as the clinician's, without a source. Else the chart is
    searched for what bears it. Raises NotFound, BadInput.
    """
    summary, before = opened(session, summary_id, digest, by)
    statement = Statement(one_line(text), writer=OWN if own else "person")
    if finding is not None:
        cited = recite.citations_of(session, find_finding(summary, finding))
        statement = replace(statement, citations=cited)
    elif place is not None:
        statement = replace(statement, citations=(recite.picked(session, summary, *place),))
    edited, index = arranging.with_added(before.content, section_key, statement)
    if finding is None and place is None and not own:
        edited = recite.cited_anew(session, summary, edited, index)
    edit = {"act": "statement-added", "statement": index}
    return new_version(session, summary, edited, edit=edit, by=by, prompts=prompts)


def insert_omission(
    session: Session,
    summary_id: str,
    number: int,
    *,
    by: Person,
    digest: str | None = None,
    prompts: Prompts | None = None,
) -> SummaryVersion:
    """The new version with the line of the fact that a finding misses, cited, at its place.

    Raises NotFound, BadInput where the finding points at nothing that can be inserted.
    """
    summary, before = opened(session, summary_id, digest, by)
    finding = find_finding(summary, number)
    keys = [section.key for section in before.content.sections]
    cited = recite.citations_of(session, finding)
    if finding.kind is not FindingKind.OMITTED or not cited or not keys:
        raise BadInput("This finding has no line that can be inserted. Add a statement instead.")
    record = recite.record_of(session, summary, cited[0].record_id)
    start, end = line_of(record.text, cited[0].start, cited[0].end)
    place = recite.citation(record, start, end)
    statement = Statement(one_line(place.quote), (place,), "extractive")
    edited, index = arranging.with_added(
        before.content, section_for(finding.check, keys), statement
    )
    edit = {"act": "fact-inserted", "statement": index}
    return new_version(session, summary, edited, edit=edit, by=by, prompts=prompts)


def move_statement(
    session: Session,
    summary_id: str,
    index: int,
    by_places: int,
    *,
    by: Person,
    digest: str | None = None,
    prompts: Prompts | None = None,
) -> SummaryVersion:
    """The new version with the statement that many places further down (up when negative); past an
    end of its section it goes into the next. The same version where there is no further."""
    summary, before = opened(session, summary_id, digest, by)
    edited, at = arranging.with_moved(before.content, index, by_places)
    if edited == before.content:
        return before
    edit = {"act": "statement-moved", "statement": at, "from": index}
    return new_version(
        session, summary, arranging.told_empty(edited), edit=edit, by=by, prompts=prompts
    )


def cite_statement(
    session: Session,
    summary_id: str,
    index: int,
    record_id: str,
    quote: str,
    *,
    by: Person,
    digest: str | None = None,
    prompts: Prompts | None = None,
) -> SummaryVersion:
    """The new version in which the statement rests on these words of that record, and on nothing
    else. Raises NotFound, BadInput where the words do not stand in it."""
    summary, before = opened(session, summary_id, digest, by)
    place = recite.picked(session, summary, record_id, quote)
    writer = "person" if before.content.statement(index).writer == OWN else None
    statement = replace(before.content.statement(index), citations=(place,))
    statement = replace(statement, writer=writer) if writer else statement
    edited = before.content.with_statement(index, statement)
    edit = {"act": "statement-cited", "statement": index}
    return new_version(session, summary, edited, edit=edit, by=by, prompts=prompts)


def reworded(statement: Statement, text: str) -> Statement | None:
    """The statement in the person's words; None when they remove it. Raises BadInput."""
    if text == "":
        return None
    words = one_line(text)
    writer = statement.writer if statement.writer == OWN else "person"
    unchanged = words == statement.text
    return statement if unchanged else replace(statement, text=words, writer=writer)
