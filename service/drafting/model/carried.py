"""Values are carried, not typed: what a statement says must be what the facts that it cites say."""

from collections.abc import Iterable, Mapping, Sequence

from service.drafting.model.foreign import (
    foreign_date,
    foreign_name,
    foreign_number,
    foreign_value,
    foreign_word,
)
from service.drafting.model.held import assertions_at, assertions_of, key_of, sentences_of
from service.drafting.model.numbered import Numbered
from service.drafting.model.turned import misplaced, turned
from service.facts.fact import ReadRecord
from service.reading.assertions import Assertion
from service.reading.lexicon.relations import wider
from service.reading.read import read_statement
from service.summary.document import Citation


def not_carried(
    text: str,
    facts: Sequence[Numbered],
    quoted: Sequence[Citation],
    read: Mapping[str, ReadRecord],
) -> str | None:
    """Why a statement that cites these facts, and perhaps passages, says what they do not; None
    where all its numbers, dates, names and denials are theirs."""
    said = read_statement(text).assertions
    held = [*assertions_of(facts, read), *assertions_at(quoted, read)]
    words = " ".join([*(each.line for each in facts), *sentences_of(facts, quoted, read)])
    return (
        _silent(text, said, facts)
        or foreign_date(said, facts, held)
        or foreign_value(text, said, facts, held)
        or foreign_number(text, said, facts, words)
        or foreign_name(said, facts, held)
        or foreign_word(text, said, words, held)
        or turned(text, said, facts, held)
        or misplaced(text, facts, words)
    )


def _silent(text: str, said: Iterable[Assertion], facts: Sequence[Numbered]) -> str | None:
    """It must speak of what it cites: else its values are lent to something else."""
    keys = {a.concept.key for a in said} | {key for a in said for key in wider(a.concept.key)}
    plain = text.casefold()
    if any(key_of(n.fact) in keys or n.fact.name.casefold() in plain for n in facts):
        return None
    return "It does not speak of the fact that it cites."
