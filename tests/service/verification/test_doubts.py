"""What a writer is told of its statements before they are a draft."""

from service.drafting.citing import cite
from service.summary.document import Statement
from service.verification.doubts import doubts
from tests.service.drafting.builders import a_note

NOTE = a_note("PLAN\nContinue sertraline 50 mg daily. Denies suicidal ideation.\n")


def a_statement(text, quote):
    start = NOTE.text.index(quote)
    return Statement(text, (cite(NOTE, start, start + len(quote)),), "scripted")


def test_each_statement_is_told_why_it_does_not_hold_or_nothing():
    quote = "Continue sertraline 50 mg daily."
    told = doubts(
        [a_statement(quote, quote), a_statement("Continue sertraline 500 mg daily.", quote)],
        {NOTE.id: NOTE},
    )
    assert told[0] is None and "500 mg" in told[1]


def test_without_statements_there_is_no_doubt():
    assert doubts([], {}) == []
