"""A text that rests on a record which quality may not see is neither rated nor exported."""

import pytest

from service.errors import NotFound
from service.qa.export import export_csv, export_json, export_marks
from service.qa.rating import rate
from service.qa.reading import sample_items
from service.qa.sampling import draw_sample
from tests.service.qa.builders import QA, a_form
from tests.service.review.builders import SERTRALINE, a_summary
from tests.service.review.test_restriction import a_late_label

MARKS = [{"kind": "invented", "statement_index": 0, "note": "sertraline is said to be wrong"}]
EXPORTS = [export_csv, export_json, export_marks]


@pytest.fixture
def summary(session):
    return a_summary(session)


@pytest.fixture
def item(session, summary):
    sample = draw_sample(session, seed="s", size=1, statuses="drafts", by=QA)
    (item,) = sample_items(session, sample.id, by=QA)
    return sample.id, item.id


def rated(session, item):
    rate(session, item[1], a_form(), MARKS, by=QA, comment="Says sertraline once.")


def test_it_is_not_rated(session, summary, item):
    a_late_label(session, summary)
    with pytest.raises(NotFound):
        rated(session, item)


@pytest.mark.parametrize("export", EXPORTS)
def test_what_was_rated_before_is_exported_without_words(session, summary, item, export):
    rated(session, item)
    assert "ertraline" in export(session, item[0], by=QA, with_text=True)
    a_late_label(session, summary)
    told = export(session, item[0], by=QA, with_text=True)
    assert "ertraline" not in told and SERTRALINE not in told
    assert item[1] in told


def exported(session):
    (act,) = [a for a in session.info["acts"] if a.action == "qa-sample.exported"]
    return act.detail["patients"]


@pytest.mark.parametrize("export", EXPORTS)
def test_whose_words_are_exported_stands_in_the_audit(session, summary, item, export):
    rated(session, item)
    export(session, item[0], by=QA, with_text=True)
    assert exported(session) == [summary.patient_ref]


def test_without_words_nobody_was_shown(session, summary, item):
    rated(session, item)
    export_csv(session, item[0], by=QA)
    assert exported(session) == []
