"""A question to one chart: its own words with their dates, and facts; nothing is generated."""

from dataclasses import dataclass
from datetime import tzinfo

from sqlalchemy.orm import Session

from service.access.wording import TREATING
from service.chart.models import SourceRecord
from service.errors import BadInput
from service.facts.fact import Fact
from service.facts.patient import patient_facts
from service.retrieval.evidence import Evidence
from service.retrieval.gather import open_chart
from service.retrieval.index import PassageIndex
from service.retrieval.search import asked_words
from service.review import permissions
from service.review.actions import note_chart_view
from service.review.hold import storable
from service.review.sources import decisions_to_show
from service.summary.people import Person

MAX_QUESTION = 400  # characters
QUOTES = 12
FACTS = 8
# Among how many records it was looked would tell how many there are that they may not see.
NOT_COUNTED = "Nothing that is open to you says it in these words."


@dataclass(frozen=True)
class Answered:
    """Passages of the chart, the most telling first, and the facts that the question names.
    `looked_for` says what was sought and among how many records."""

    question: str
    quotes: tuple[Evidence, ...]
    facts: tuple[Fact, ...]
    looked_for: str
    withheld_words: str


def ask_chart(
    session: Session,
    patient_ref: str,
    question: str,
    person: Person,
    *,
    index: PassageIndex,
    zone: tzinfo,
) -> Answered:
    """What the chart of "Patient/id" says, as far as this person may see it. The question is kept
    nowhere: it may speak of the patient. Raises NotPermitted, NotFound, BadInput, Unavailable."""
    permissions.check_may(person, permissions.Ability.READ)
    asked = " ".join(storable(question).split())
    if not asked or len(asked) > MAX_QUESTION:
        raise BadInput(f"Ask in 1 to {MAX_QUESTION} characters, such as: last lithium level.")
    told = patient_facts(session, patient_ref, person, zone=zone)
    note_chart_view(session, patient_ref, by=person)
    found = open_chart(session, patient_ref, index=index).ask(asked)
    records = [session.get(SourceRecord, e.record_id) for e in found.evidence]
    held = decisions_to_show(session, patient_ref, [r for r in records if r], person)
    open_to = {record_id for record_id, decision in held.items() if decision.allowed}
    quotes = [e for e in found.evidence if e.record_id in open_to][:QUOTES]
    facts = named(told.facts.facts, asked)
    looked_for = found.looked_for if person.role in TREATING else NOT_COUNTED
    return Answered(asked, tuple(quotes), facts, looked_for, told.withheld_words)


def named(facts: tuple[Fact, ...], question: str) -> tuple[Fact, ...]:
    """The facts in whose name a word of the question stands, in their order."""
    words = {word for word in asked_words(question) if len(word) > 2}
    return tuple(f for f in facts if words & set(asked_words(f.name)))[:FACTS]
