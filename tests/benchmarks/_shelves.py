"""Of what a draft's statements speak, as the reader reads them and what they cite."""

from collections.abc import Iterator

from service.facts import FactKind, Standing
from service.facts.patient import PatientFacts
from service.reading.assertions import Assertion, Kind
from service.reading.read import read_text
from service.summary.document import Document, Statement
from tests.benchmarks._drafts import wrong_shelf


def on_wrong_shelf(document: Document, held: PatientFacts) -> Iterator[str]:
    """The statements that stand in a section where they do not belong, a line each."""
    for placed in document.placed():
        key, statement = placed.section.key, placed.statement
        spoken = [*read_text(statement.text).assertions, *_cited(statement, held)]
        kinds = {each.concept.kind for each in spoken}
        if wrong_shelf(key, statement.text, kinds, _standings(spoken, held)):
            yield f"[{key}] {statement.text}"


def _cited(statement: Statement, held: PatientFacts) -> Iterator[Assertion]:
    for citation in statement.citations:
        if record := held.records.get(citation.record_id):
            yield from (
                each
                for each in record.assertions
                if each.start < citation.end and citation.start < each.end
            )


def _standings(spoken: list[Assertion], held: PatientFacts) -> set[Standing]:
    keys = {each.concept.key for each in spoken if each.concept.kind is Kind.MEDICINE}
    return {fact.standing for fact in held.facts.of(FactKind.MEDICINE) if fact.key in keys}
