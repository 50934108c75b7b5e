"""A drafted summary of a story, owed its verification."""

import pytest

from service.drafting.draft import draft_summary
from service.drafting.extractive import ExtractiveWriter
from service.drafting.prompts import packaged_prompts
from service.verification.omission.owing import owing
from tests.service.drafting.conftest import an_indexed_summary, index

__all__ = ["an_indexed_summary", "index"]


@pytest.fixture
def a_drafted_summary(session, index, an_indexed_summary):
    def make(summary_type, story="depression_two_trials"):
        summary = an_indexed_summary(summary_type, story)
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
