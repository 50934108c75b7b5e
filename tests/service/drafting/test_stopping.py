"""Wherever a draft is when a person stops it, it goes no further, and nothing is stored."""

import time
from dataclasses import dataclass

import pytest

from service.drafting.draft import draft_summary
from service.drafting.extractive import ExtractiveWriter
from service.drafting.progress import DraftCancelled, Watch
from service.drafting.prompts import packaged_prompts
from service.drafting.writers import Writer
from service.summary.vocabulary import SummaryStatus
from service.verification.doubts import doubts
from service.verification.verify import verify_summary
from tests.service.drafting.model.conversation import Conversation, an_answer

TYPE = "psychiatric-progress"


class Click:
    """A person who stops the draft at a moment, and when that was."""

    def __init__(self):
        self.at = None
        self.looked = 0

    def now(self, *_):
        self.at = self.at or time.monotonic()

    def cancelled(self):
        self.looked += 1
        return self.at is not None


@dataclass(frozen=True)
class ClickedWhenWriting:
    """A writer in whose first moment the person clicks."""

    writer: Writer
    click: Click

    @property
    def name(self):
        return self.writer.name

    def check_ready(self):
        self.writer.check_ready()

    def write(self, request):
        self.click.now()
        return self.writer.write(request)


def stopped(session, summary, index, writer, click, **given):
    with pytest.raises(DraftCancelled):
        draft_summary(
            session,
            summary.id,
            index=index,
            writer=writer,
            prompts=packaged_prompts(),
            cancelled=click.cancelled,
            **given,
        )
    assert time.monotonic() - click.at < 1.0
    assert summary.versions == [] and summary.status is SummaryStatus.INDEXED


def test_while_evidence_is_gathered(session, index, an_indexed_summary):
    click = Click()
    conversation = Conversation(an_answer())
    summary = an_indexed_summary(TYPE)
    stopped(session, summary, index, conversation.writer, click, report=click.now)
    assert conversation.asked == []


def test_while_the_extractive_writer_writes(session, index, an_indexed_summary):
    click = Click()
    writer = ClickedWhenWriting(ExtractiveWriter(), click)
    stopped(session, an_indexed_summary(TYPE), index, writer, click)


def test_while_the_statements_of_a_model_are_checked(session, index, an_indexed_summary):
    click = Click()

    def clicked(statements, records):
        click.now()
        return doubts(statements, records)

    writer = Conversation(an_answer()).writer
    stopped(session, an_indexed_summary(TYPE), index, writer, click, check=clicked)


def test_while_a_version_is_verified(session, index, an_indexed_summary):
    summary = an_indexed_summary(TYPE)
    draft_summary(
        session, summary.id, index=index, writer=ExtractiveWriter(), prompts=packaged_prompts()
    )
    click = Click()

    def looks():
        if click.looked == 3:
            click.now()
        return click.cancelled()

    with pytest.raises(DraftCancelled):
        verify_summary(session, summary.id, watch=Watch(cancelled=looks))
    assert time.monotonic() - click.at < 1.0
    assert summary.status is SummaryStatus.DRAFTED and summary.current.findings == []
