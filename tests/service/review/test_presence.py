"""Two people at one text know of each other."""

from datetime import timedelta

from service.database import now
from service.review import edits, presence, unsaved
from service.review.editing import rewording
from service.summary.models import UnsavedWords
from tests.service.review.builders import ATTENDING, CLINICIAN, a_summary


def typed(session, summary, by):
    unsaved.keep(session, summary.id, "statement-1", "New words", digest="", by=by)


def others(session, summary, person):
    return [each.person_id for each in presence.editing(session, summary.id, person)]


def test_whoever_types_is_told_to_the_others_and_not_to_themselves(session):
    summary = a_summary(session)
    typed(session, summary, ATTENDING)
    assert others(session, summary, CLINICIAN) == [ATTENDING.id]
    assert others(session, summary, ATTENDING) == []


def test_whoever_saved_lately_is_told(session):
    summary = a_summary(session)
    edits.carry_out(session, summary.id, rewording(0, ""), by=ATTENDING)
    assert others(session, summary, CLINICIAN) == [ATTENDING.id]


def test_the_system_and_whoever_left_are_not(session):
    summary = a_summary(session)
    typed(session, summary, ATTENDING)
    held = session.get(UnsavedWords, (ATTENDING.id, summary.id, "statement-1"))
    held.kept_at = now() - timedelta(minutes=6)
    session.flush()
    assert others(session, summary, CLINICIAN) == []
