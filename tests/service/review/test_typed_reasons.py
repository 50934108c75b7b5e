"""What a person types about an act stands beside the audit, and goes with the patient."""

import json

from sqlalchemy import select, text

from service import audit
from service.audit import AuditEvent, TypedReason
from service.database import transaction
from service.review import actions
from service.review.history import audit_page, history_of
from tests.service.review.builders import CLINICIAN, IT, a_summary

WORDS = "She told me of the quetzal, which is not for everybody."


def returned(sessions):
    with transaction(sessions) as session:
        summary = a_summary(session)
        actions.return_for_redraft(session, summary.id, WORDS, by=CLINICIAN)
        return summary.id


def details(session):
    return json.dumps([act.detail for act in session.scalars(select(AuditEvent))])


def test_the_audit_holds_the_hash_of_what_was_typed_and_the_history_the_words(sessions):
    summary_id = returned(sessions)
    with transaction(sessions) as session:
        assert "quetzal" not in details(session) and "reason_hash" in details(session)
        told = [row.detail.get("reason") for row in history_of(session, summary_id)]
        assert WORDS in told
        rows, _ = audit_page(session, IT)
        assert "quetzal" not in str(rows)
        assert "(given; it stands in the summary's history)" in str(rows)


def test_they_go_and_the_chain_holds(sessions, settings):
    summary_id = returned(sessions)
    with transaction(sessions) as session:
        session.execute(text("DELETE FROM typed_reasons"))
        told = [row.detail.get("reason") for row in history_of(session, summary_id)]
        assert WORDS not in told
        assert audit.broken_link(audit.chain(session), audit.key_of(settings)) is None


def test_words_that_were_put_in_their_place_are_not_told(sessions):
    summary_id = returned(sessions)
    with transaction(sessions) as session:
        session.scalars(select(TypedReason)).one().words = "Something else."
    with transaction(sessions) as session:
        told = [row.detail.get("reason") for row in history_of(session, summary_id)]
        assert "(not what was typed)" in told
