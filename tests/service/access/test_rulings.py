"""An officer confirms or releases what is withheld by its look; a changed text counts anew."""

import pytest
from sqlalchemy import select

from service.access import rulings
from service.access.decisions import Purpose, may_use
from service.chart.ingest import ingest
from service.chart.models import SourceRecord
from service.errors import Conflict, NotFound
from tests.service.chart.builders import a_bundle, a_note, a_patient

TEXT = "I wondered aloud what she was angry about. Long silence. Transference plain. I felt small."


@pytest.fixture
def note(session):
    ingest(session, "test", [a_bundle(a_patient(), a_note(TEXT), a_note("BP 120/80.", id_="n2"))])
    return the_note(session)


def the_note(session):
    query = select(SourceRecord).where(
        SourceRecord.resource_ref == "DocumentReference/n1", SourceRecord.is_latest
    )
    return session.scalars(query).one()


def is_used(record):
    return may_use(record, purpose=Purpose.INDEX).allowed


def test_it_lists_what_is_withheld_by_its_look_with_reasons_and_no_words(session, note):
    (listed,), following = rulings.undecided(session)
    assert (listed.record_id, following) == (note.id, None)
    assert "angry" not in str(listed) and "therapist" in str(listed.reasons)


def test_a_released_note_is_used_until_its_text_changes(session, note):
    assert not is_used(note)
    rulings.release(session, note.id, by="officer")
    assert is_used(note)
    assert rulings.undecided(session) == ([], None)
    ingest(session, "test", [a_note(TEXT + " More.", meta={"versionId": "2"})])
    session.expire_all()
    assert not is_used(the_note(session))


def test_a_confirmed_note_is_as_if_it_had_been_labelled(session, note):
    rulings.confirm(session, note.id, by="officer")
    assert note.labels == ["PSYTHPN"]
    assert not is_used(note)
    ingest(session, "test", [a_note("BP 120/80.", id_="n3")])
    session.expire_all()
    assert the_note(session).labels == ["PSYTHPN"], "it outlasts a settling of the chart"
    with pytest.raises(Conflict):
        rulings.release(session, note.id, by="officer")


def test_what_is_not_withheld_by_its_look_has_no_ruling(session, note):
    query = select(SourceRecord.id).where(SourceRecord.resource_ref == "DocumentReference/n2")
    with pytest.raises(NotFound):
        rulings.release(session, session.scalars(query).one(), by="officer")
