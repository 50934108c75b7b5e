"""Labels that come late: what a text rests on may be restricted after it was drafted."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain

from rapidfuzz import fuzz
from sqlalchemy import inspect, or_, select
from sqlalchemy.orm import Session, load_only, object_session

from service.access.decisions import Purpose
from service.access.wording import TREATING
from service.chart.models import SourceRecord
from service.review import permissions
from service.review.sources import Looked, look_up
from service.summary.document import Placed
from service.summary.models import Summary, SummaryVersion
from service.summary.people import Person
from service.summary.progress import not_held
from service.summary.vocabulary import Support

ALIKE = 80  # of a hundred: a word more or less, or another order, are the same words


def count_restricted(
    session: Session, summary: Summary, person: Person, *, purpose: Purpose = Purpose.SHOW
) -> int:
    """How many records on which the current text rests may not be used any more."""
    if summary.current is None:
        return 0
    restricted = restricted_records(session, summary, person, purpose=purpose)
    return len(resting_on(summary, summary.current, restricted))


def restricted_records(
    session: Session, summary: Summary, person: Person, *, purpose: Purpose = Purpose.SHOW
) -> set[str]:
    """Ids of the records that any text of this summary cites and that may not be shown any more;
    and as closed_in() has it."""
    ids, refs = ever_cited(summary), (summary.patient_ref,)
    looked = look_up(session, summary.patient_ref, person, ids=ids, refs=refs, purpose=purpose)
    return closed_in(looked, summary)


def closed_in(looked: Looked, summary: Summary) -> set[str]:
    """Ids of those of these records that may not be shown; and the patient's own reference where
    their own record is one: their name is in the head of every text."""
    own = looked.by_ref.get(summary.patient_ref)
    is_closed = own is not None and not looked.decisions[own.id].allowed
    return looked.restricted | ({summary.patient_ref} if is_closed else set())


def ever_cited(summary: Summary) -> set[str]:
    """Ids of the records that any text of this summary cites, told by its words as they are kept:
    of all but the newest nothing else is asked, and there is one more with each edit."""
    _fetch_words(summary)
    return {
        citation["record_id"]
        for version in summary.versions
        for section in version.document["sections"]
        for statement in section["statements"]
        for citation in statement["citations"]
    }


def _fetch_words(summary: Summary) -> None:
    """Of every text at once; what is asked for one by one is a question each."""
    lacking = [v.id for v in summary.versions if "document" in inspect(v).unloaded]
    session = object_session(summary)
    if session is not None and len(lacking) > 1:
        words = load_only(SummaryVersion.document)
        query = select(SummaryVersion).where(SummaryVersion.id.in_(lacking)).options(words)
        session.scalars(query).all()


def resting_on(summary: Summary, version: SummaryVersion, restricted: Collection[str]) -> set[str]:
    """Those of these records on which this text rests: it cites them, or it says what an earlier
    text said from them. Another citation changes no words; only a source that is open and bears
    them does."""
    if not restricted:
        return set()
    told = _told_from(summary, set(restricted))
    return {r for placed in version.content.placed() for r in _rests(placed, version, told)}


def _told_from(summary: Summary, restricted: set[str]) -> Mapping[str, set[str]]:
    """Words -> the restricted records from which any text said them. Most words of a text are
    those of the one before it, and are compared once."""
    told: dict[str, set[str]] = defaultdict(set)
    for placed in _placed(summary):
        if records := cited_in(placed) & restricted:
            told[_plain(placed.statement.text)] |= records
    return told


def _rests(placed: Placed, version: SummaryVersion, told: Mapping[str, set[str]]) -> set[str]:
    own = cited_in(placed).intersection(chain.from_iterable(told.values()))
    if own or not _is_borne(placed, version):
        mine = _plain(placed.statement.text)
        alike = [records for text, records in told.items() if fuzz.ratio(mine, text) >= ALIKE]
        return own.union(*alike)
    return set()


def _is_borne(placed: Placed, version: SummaryVersion) -> bool:
    """Whether what it cites bears it, without a doubt about the place."""
    found = next((a for a in version.assessments if a["index"] == placed.index), None)
    is_supported = found is not None and found["support"] == Support.SUPPORTED
    return is_supported and bool(placed.statement.citations) and not (found or {}).get("reasons")


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _placed(summary: Summary) -> Iterator[Placed]:
    for version in summary.versions:
        yield from version.content.placed()


def cited_in(placed: Placed) -> set[str]:
    return {citation.record_id for citation in placed.statement.citations}


def compared_records(version: SummaryVersion) -> set[str]:
    """Ids of the records with which the statements of this text were compared: what was found
    there stands in their reasons."""
    spans = (e for a in version.assessments for e in a.get("evidence", ()))
    return {span["record_id"] for span in spans if span.get("record_id")}


def may_read_text(
    summary: Summary, version: SummaryVersion, restricted: Collection[str], person: Person
) -> bool:
    """A text that rests on a restricted record says what it says, and one of a patient whose own
    record is restricted says who they are: only for who treats. `restricted` as closed_in()."""
    if person.role in TREATING:
        return True
    return summary.patient_ref not in restricted and not resting_on(summary, version, restricted)


def may_read(session: Session, summary: Summary, version: SummaryVersion, person: Person) -> bool:
    """The same, where only one text is asked about."""
    restricted = restricted_records(session, summary, person)
    return may_read_text(summary, version, restricted, person)


def check_may_read_text(
    summary: Summary, version: SummaryVersion, restricted: Collection[str], person: Person
) -> None:
    """Raise NotFound as for a summary that is not here: any other refusal would tell who else
    reads this patient's texts that a record is restricted."""
    if not may_read_text(summary, version, restricted, person):
        raise not_held(summary.id)


def is_none_closed(person: Person) -> bool:
    """To who treats the patient no text is, nor to whose role reads none."""
    return person.role in TREATING or not permissions.may(person, permissions.Ability.READ)


def closed_to(
    session: Session, versions: Iterable[tuple[Summary, SummaryVersion]], person: Person
) -> set[str]:
    """Ids of those of these texts that this person may not read. Looked at are the texts of
    patients who have a labelled record or a Consent: nothing else closes what a draft was made
    from."""
    if is_none_closed(person):
        return set()
    asked = list(versions)
    patients = _may_be_closed(session, {summary.patient_ref for summary, _ in asked})
    return {
        version.id
        for summary, version in asked
        if summary.patient_ref in patients and not may_read(session, summary, version, person)
    }


def _may_be_closed(session: Session, patients: Collection[str]) -> set[str]:
    record = SourceRecord
    closes = or_(record.labels != [], record.resource_type == "Consent")
    query = select(record.patient_ref).where(record.patient_ref.in_(patients), closes)
    return {ref for ref in session.scalars(query.distinct()) if ref}
