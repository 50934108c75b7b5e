"""What one record says of another's mistake, or of what is in dispute: it names both sides."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from service.facts.allergies import GENERAL, NONE_KNOWN
from service.facts.fact import Fact, FactKind, FactSource, ReadRecord, Standing, newest_first
from service.facts.owed import LONGEST, Sentence, cue, sentences
from service.facts.said import is_brought
from service.reading.assertions import PATIENT, Assertion, Kind

STATUS = "corrected"
# Of several things that a sentence names, what it is about: the first of these.
_TOPICS = (Kind.ALLERGY, Kind.LEGAL, Kind.RISK, Kind.PROBLEM, Kind.MEDICINE)
# "Disputed by pt, 4 of 9 criteria on June 24" tells more than "disputed".
_TELLING = ("date", "count", "score", "level", "dose", "quantity", "age")


class _Told(NamedTuple):
    topic: str
    sentence: Sentence

    @property
    def source(self) -> FactSource:
        record, (start, end) = self.sentence.record, self.sentence.place
        return FactSource(record.id, start, end, record.on)

    @property
    def weight(self) -> tuple[str, int]:
        """The newer tells more, of one day the one with more numbers."""
        said = self.sentence.said
        numbers = sum(value.what in _TELLING for a in said for value in a.values)
        return self.sentence.record.on, numbers


def correction_facts(records: Sequence[ReadRecord]) -> Iterator[Fact]:
    """One alert a thing: its newest sentence first."""
    found: dict[str, list[_Told]] = {}
    for told in _corrections(records):
        found.setdefault(told.topic, []).append(told)
    for topic, of_topic in found.items():
        of_topic.sort(key=lambda told: told.weight, reverse=True)
        yield _fact(topic, of_topic)


def _corrections(records: Iterable[ReadRecord]) -> Iterator[_Told]:
    own = (record for record in records if not is_brought(record.title))
    for sentence in sentences(own, taken_back=True):
        topic = _topic(sentence.said)
        if topic and _corrects(sentence.text):
            yield _Told(topic, sentence)


def _corrects(text: str) -> bool:
    is_told = len(text) <= LONGEST and not text.rstrip().endswith("?")
    return is_told and bool(cue("corrections").search(text))


def _topic(said: Sequence[Assertion]) -> str:
    """The key of what is corrected; "" where nothing of the patient's is named."""
    for kind in _TOPICS:
        for a in said:
            if a.concept.kind is kind and (a.subject == PATIENT or kind is Kind.RISK):
                return NONE_KNOWN if a.concept.key in GENERAL else a.concept.key
    return ""


def _fact(topic: str, told: Sequence[_Told]) -> Fact:
    newest = told[0]
    day = newest.source.on
    return Fact(
        FactKind.ALERT,
        f"{STATUS}:{topic}",
        " ".join(newest.sentence.text.split()).strip(" -*•"),
        Standing.CURRENT,
        f"a record is corrected or disputed{f' on {day}' if day else ''}",
        STATUS,
        since=told[-1].source.on,
        on=day,
        sources=newest_first(each.source for each in told),
    )
