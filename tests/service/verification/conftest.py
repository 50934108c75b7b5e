"""A drafted summary of a story, owed its verification."""

from dataclasses import replace

import pytest

from service.drafting.draft import draft_summary
from service.drafting.extractive import ExtractiveWriter
from service.drafting.prompts import packaged_prompts
from service.summary import progress
from service.verification.held import load_chart
from service.verification.omission.owing import owing
from service.verification.verify import verify_version
from tests.service.drafting.conftest import an_indexed_summary, index, indexing, kept

__all__ = ["an_indexed_summary", "index", "kept"]


@pytest.fixture
def a_drafted_summary(session, index):
    return drafting(session, index)


def drafting(session, index):
    def make(summary_type, story="depression_two_trials"):
        summary = indexing(session)(summary_type, story)
        draft_summary(
            session,
            summary.id,
            index=index,
            writer=ExtractiveWriter(),
            prompts=packaged_prompts(),
            owing=owing,
        )
        return summary

    return make


def edited(session, summary, find, old, new):
    """A person's version in which the first statement with `find` was changed, verified."""
    document = summary.current.content
    placed = next(p for p in document.placed() if find in p.statement.text)
    text = placed.statement.text.replace(old, new, 1)
    assert text != placed.statement.text
    statement = replace(placed.statement, text=text, writer="person")
    version = progress.add_version(
        session,
        summary,
        document.with_statement(placed.index, statement),
        made_by="dr-a",
        writer={"name": "dr-a"},
        coverage=summary.current.coverage,
    )
    verify_version(session, version, summary, load_chart(session, summary))
    return [f for f in version.findings if f.statement_index == placed.index]
