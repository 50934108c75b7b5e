"""The same seed on the same texts gives the same sample."""

import random
from datetime import timedelta

import pytest

from service import audit
from service.database import now, transaction
from service.errors import BadInput, NotPermitted
from service.qa.models import Sampled
from service.qa.sampling import Unit, draw, draw_sample, frame_hash
from service.summary.vocabulary import FindingKind, SummaryType
from tests.service.qa.builders import (
    CLINICIAN,
    QA,
    a_draft,
    a_finding,
    a_signed_summary,
    an_edit,
)

UNITS = [
    Unit(f"s{n}", f"v{n}", f"d{n}", "discharge" if n % 5 == 0 else "handoff") for n in range(50)
]


def a_sample(session, **given):
    options = {"seed": "spring", "size": 5, "statuses": Sampled.DRAFTS, "by": QA}
    return draw_sample(session, **options | given)


def test_a_draw_depends_on_seed_and_content_not_on_order():
    shuffled = random.Random(4).sample(UNITS, len(UNITS))
    assert draw(UNITS, seed="a", size=9) == draw(shuffled, seed="a", size=9)
    assert draw(UNITS, seed="a", size=9) != draw(UNITS, seed="b", size=9)
    assert frame_hash(UNITS) == frame_hash(shuffled) != frame_hash(UNITS[1:])


def test_a_larger_draw_begins_with_the_smaller_one():
    assert draw(UNITS, seed="a", size=20)[:9] == draw(UNITS, seed="a", size=9)


def test_an_even_draw_takes_from_each_type_in_turn():
    drawn = draw(UNITS, seed="a", size=12, evenly=True)
    assert sorted(unit.stratum for unit in drawn) == ["discharge"] * 6 + ["handoff"] * 6
    assert len(draw(UNITS, seed="a", size=30, evenly=True)) == 30  # discharge runs out at 10


def test_a_sample_can_be_drawn_again(session):
    for number in range(8):
        a_draft(session, f"Sertraline {number} mg")
    one, two = a_sample(session), a_sample(session)
    assert [item.summary_id for item in one.items] == [item.summary_id for item in two.items]
    assert (one.frame_size, one.frame_hash) == (8, two.frame_hash)
    other = a_sample(session, seed="autumn", size=8)
    assert [item.summary_id for item in other.items[:5]] != [i.summary_id for i in one.items]


def test_drafts_are_as_the_system_wrote_them_and_signed_as_they_were_signed(session):
    summary = a_draft(session)
    drafted = summary.current.digest
    an_edit(session, summary)
    signed = a_signed_summary(session)
    drafts = {item.digest for item in a_sample(session).items}
    assert drafts == {drafted, signed.current.digest}
    (item,) = a_sample(session, statuses="signed").items
    assert item.digest == signed.current.digest


def test_criteria_narrow_the_frame(session):
    found = a_draft(session)
    a_finding(session, found)
    a_draft(session, kind=SummaryType.HANDOFF)
    assert a_sample(session).frame_size == 2
    assert a_sample(session, types=[SummaryType.HANDOFF]).frame_size == 1
    (item,) = a_sample(session, finding_kind=FindingKind.OMITTED).items
    assert item.summary_id == found.id
    hour = timedelta(hours=1)
    assert a_sample(session, since=now() - hour, until=now() + hour).frame_size == 2
    with pytest.raises(BadInput, match="Nothing fits"):
        a_sample(session, until=now() - hour)


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": 0},
        {"seed": " "},
        {"statuses": "filed"},
        {"since": now().replace(tzinfo=None)},
        {"since": now(), "until": now() - timedelta(days=1)},
    ],
)
def test_criteria_that_make_no_sense_are_refused(session, wrong):
    a_draft(session)
    with pytest.raises(BadInput):
        a_sample(session, **wrong)


def test_only_qa_draws(session):
    a_draft(session)
    with pytest.raises(NotPermitted):
        a_sample(session, by=CLINICIAN)


def test_a_draw_is_audited_with_its_criteria(sessions):
    with transaction(sessions) as session:
        a_draft(session)
        sample_id = a_sample(session).id
    with sessions() as session:
        act = [each for each in audit.chain(session) if each.action == "qa-sample.drawn"][-1]
        assert (act.subject_id, act.detail["criteria"]["statuses"]) == (sample_id, "drafts")
