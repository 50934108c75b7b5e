"""An indexed chart becomes a first version: cited, pinned, with its coverage beside it."""

import pytest
from sqlalchemy import select

from fhir_fixtures import stories
from service.chart.models import SnapshotRecord, SourceRecord
from service.drafting.citing import misquotes
from service.drafting.draft import BadDraft, draft_summary
from service.drafting.extractive import ExtractiveWriter
from service.drafting.prompts import packaged_prompts
from service.drafting.request import Drafted
from service.summary.document import Section, Statement
from service.summary.vocabulary import SummaryStatus, SummaryType

PROMPTS = packaged_prompts()


def draft(session, summary, index, writer=None):
    draft_summary(
        session, summary.id, index=index, writer=writer or ExtractiveWriter(), prompts=PROMPTS
    )
    return summary.current


def snapshot(session, summary):
    query = select(SourceRecord).join(SnapshotRecord, SnapshotRecord.record_id == SourceRecord.id)
    return {r.id: r for r in session.scalars(query.where(SnapshotRecord.summary_id == summary.id))}


def test_a_draft_is_cited_from_its_own_snapshot(session, index, an_indexed_summary):
    summary = an_indexed_summary(SummaryType.PRE_VISIT)
    version = draft(session, summary, index)
    held = snapshot(session, summary)
    assert summary.status is SummaryStatus.DRAFTED
    assert misquotes(version.content, held) == []
    assert {r.patient_ref for r in held.values()} == {summary.patient_ref}
    assert "Okafor" in version.text


def test_the_version_says_who_wrote_it_and_from_which_prompt(session, index, an_indexed_summary):
    version = draft(session, an_indexed_summary(SummaryType.HANDOFF), index)
    assert version.writer["name"] == "extractive"
    assert version.writer["hash"] == PROMPTS[SummaryType.HANDOFF].hash
    assert set(version.writer["sections"].values()) == {"extractive"}


def test_what_could_not_be_read_is_in_the_coverage(session, index, an_indexed_summary):
    expected = stories.story("depression_two_trials").expected
    version = draft(session, an_indexed_summary(SummaryType.PRE_VISIT), index)
    unreadable = [each["source"] for each in version.coverage["unreadable"]]
    assert unreadable == expected["unreadable"]
    assert all(set(each) == {"source", "reason"} for each in version.coverage["unreadable"])
    assert version.coverage["notes_read"] > 5
    assert {each["key"] for each in version.coverage["sections"]} == {
        section.key for section in PROMPTS[SummaryType.PRE_VISIT].meta.sections
    }


def test_withheld_records_are_counted_and_never_drafted(session, index, an_indexed_summary):
    story = stories.story("ptsd_substance_use")
    version = draft(session, an_indexed_summary(SummaryType.PRE_VISIT, story.name), index)
    assert version.coverage["withheld"] > 0
    cited = {c.source_ref for p in version.content.placed() for c in p.statement.citations}
    assert cited.isdisjoint(story.expected["withheld"])


def test_a_task_delivered_twice_drafts_once(session, index, an_indexed_summary):
    summary = an_indexed_summary(SummaryType.PRE_VISIT)
    draft(session, summary, index)
    draft(session, summary, index)
    assert len(summary.versions) == 1


class CitesNothing:
    name = "careless"

    def check_ready(self):
        pass

    def write(self, request):
        section = Section("risk", "Risk", (Statement("Secret words about Maria."),))
        return Drafted((section,))


def test_a_bare_statement_is_refused_without_quoting_it(session, index, an_indexed_summary):
    summary = an_indexed_summary(SummaryType.PRE_VISIT)
    with pytest.raises(BadDraft, match="statement 0 cites nothing") as refused:
        draft(session, summary, index, CitesNothing())
    assert "Secret" not in str(refused.value)
