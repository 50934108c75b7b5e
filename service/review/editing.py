"""The edits of a statement, each as a plan: reworded, added, inserted, moved, cited anew."""

from dataclasses import replace

from sqlalchemy.orm import Session

from service.drafting.telling.place import line_of, section_for
from service.errors import BadInput
from service.review import arranging, recite
from service.review.edits import Plan, Wanted
from service.review.findings import find_finding
from service.review.wording import one_line
from service.summary.document import OWN, Statement
from service.summary.models import Summary, SummaryVersion
from service.summary.vocabulary import FindingKind
from service.verification.language import offers_rewrite, with_rewrite


def rewording(index: int, text: str) -> Plan:
    """This statement in other words, or removed when `text` is empty. What it then cites is looked
    for anew in the chart that the draft was made from. Raises BadInput, NotFound when planned."""

    def plan(_session: Session, _summary: Summary, before: SummaryVersion) -> Wanted | None:
        statement = before.content.statement(index)
        wanted = reworded(statement, text)
        if wanted == statement:
            return None
        act = "statement-removed" if wanted is None else "statement-reworded"
        edited = arranging.told_empty(before.content.with_statement(index, wanted), before.content)
        return Wanted(edited, {"act": act, "statement": index}, index if wanted else None)

    return plan


def taking_rewrite(number: int) -> Plan:
    """The words that a finding offers in place of those it names. An edit like any other: nothing
    takes a rewrite but a person. Raises NotFound, BadInput when planned."""

    def plan(_session: Session, summary: Summary, before: SummaryVersion) -> Wanted:
        finding = find_finding(summary, number)
        index, text = finding.statement_index, None
        if index is not None and offers_rewrite(finding.kind, finding.source):
            text = with_rewrite(before.content.statement(index).text, finding.said, finding.source)
        if index is None or text is None:
            raise BadInput("This finding offers no words that can be taken. Edit the statement.")
        statement = replace(before.content.statement(index), text=one_line(text), writer="person")
        edit = {"act": "statement-reworded", "statement": index}
        return Wanted(before.content.with_statement(index, statement), edit)

    return plan


def adding(
    section_key: str,
    text: str,
    *,
    finding: int | None = None,
    place: tuple[str, str] | None = None,
    own: bool = False,
) -> Plan:
    """A statement more at the end of a section.

    It cites what `finding` (the number of an omission, say) points at, or `place` (a record's id
    and words of it); `own` marks it as the clinician's, without a source. Else the chart is
    searched for what bears it. Raises NotFound, BadInput when planned.
    """

    def plan(session: Session, summary: Summary, before: SummaryVersion) -> Wanted:
        statement = Statement(one_line(text), writer=OWN if own else "person")
        if finding is not None:
            cited = recite.citations_of(session, find_finding(summary, finding))
            statement = replace(statement, citations=cited)
        elif place is not None:
            statement = replace(statement, citations=(recite.picked(session, summary, *place),))
        edited, index = arranging.with_added(before.content, section_key, statement)
        is_searched = finding is None and place is None and not own
        edit = {"act": "statement-added", "statement": index}
        return Wanted(edited, edit, index if is_searched else None)

    return plan


def inserting(number: int) -> Plan:
    """The line of the fact that a finding misses, cited, at its place.

    Raises NotFound, BadInput where the finding points at nothing that can be inserted.
    """

    def plan(session: Session, summary: Summary, before: SummaryVersion) -> Wanted:
        finding = find_finding(summary, number)
        keys = [section.key for section in before.content.sections]
        cited = recite.citations_of(session, finding)
        if finding.kind is not FindingKind.OMITTED or not cited or not keys:
            raise BadInput(
                "This finding has no line that can be inserted. Add a statement instead."
            )
        record = recite.record_of(session, summary, cited[0].record_id)
        start, end = line_of(record.text, cited[0].start, cited[0].end)
        place = recite.citation(record, start, end)
        statement = Statement(one_line(place.quote), (place,), "extractive")
        section = section_for(finding.check, keys)
        edited, index = arranging.with_added(before.content, section, statement)
        return Wanted(edited, {"act": "fact-inserted", "statement": index})

    return plan


def moving(index: int, by_places: int) -> Plan:
    """The statement that many places further down (up when negative); past an end of its section
    it goes into the next. Nothing changes where there is no further."""

    def plan(_session: Session, _summary: Summary, before: SummaryVersion) -> Wanted | None:
        edited, at = arranging.with_moved(before.content, index, by_places)
        if edited == before.content:
            return None
        edit = {"act": "statement-moved", "statement": at, "from": index}
        return Wanted(arranging.told_empty(edited, before.content), edit)

    return plan


def citing(index: int, record_id: str, quote: str) -> Plan:
    """The statement resting on these words of that record, and on nothing else. Raises NotFound,
    BadInput where the words do not stand in it."""

    def plan(session: Session, summary: Summary, before: SummaryVersion) -> Wanted:
        place = recite.picked(session, summary, record_id, quote)
        said = before.content.statement(index)
        writer = "person" if said.writer == OWN else said.writer
        statement = replace(said, citations=(place,), writer=writer)
        edit = {"act": "statement-cited", "statement": index}
        return Wanted(before.content.with_statement(index, statement), edit)

    return plan


def reworded(statement: Statement, text: str) -> Statement | None:
    """The statement in the person's words; None when they remove it. Raises BadInput."""
    if text == "":
        return None
    words = one_line(text)
    writer = statement.writer if statement.writer == OWN else "person"
    unchanged = words == statement.text
    return statement if unchanged else replace(statement, text=words, writer=writer)
