"""What is sealed for one place opens nowhere else, and for nobody without the key."""

import os
from dataclasses import replace

import pytest
from sqlalchemy import LargeBinary, select, text, type_coerce, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import configure_mappers

from service.chart.ingest import ingest
from service.chart.models import Quarantined, SourceRecord
from service.database import open_engine, session_factory, transaction
from service.errors import Unavailable, WrongSetting
from service.migrations.tables import METADATA
from service.retrieval.erase import erase_patient
from service.sealing.cipher import CannotOpen, DataKey, opened, row_tag, seal
from service.sealing.columns import Sealed, sealed_columns
from service.sealing.keyring import give_keys, key_of
from service.sealing.marking import destroy_keys, key_of_patient, marked_rows
from service.sealing.models import PatientKey
from service.sealing.plain import rewrap
from service.settings import Settings
from tests.service.retrieval.charts import a_record

KEY = DataKey(b"i" * 16, b"s" * 32)
PLACE, ROW = "findings.said", row_tag("one")


@pytest.mark.parametrize("plain", [b"Denies.", b"words " * 400, os.urandom(400)])
def test_what_is_sealed_opens_in_its_place(plain):
    kept = seal(KEY, plain, place=PLACE, row=ROW)
    assert opened(KEY, kept, place=PLACE) == plain
    assert plain not in kept
    assert kept != seal(KEY, plain, place=PLACE, row=ROW)


@pytest.mark.parametrize("at", range(0, 60, 7))
def test_no_byte_of_it_can_be_changed(at):
    kept = bytearray(seal(KEY, b"Denies SI.", place=PLACE, row=ROW))
    kept[at] ^= 4
    with pytest.raises(CannotOpen):
        opened(KEY, bytes(kept), place=PLACE)


def test_it_opens_in_no_other_column_and_with_no_other_key():
    kept = seal(KEY, b"Denies SI.", place=PLACE, row=ROW)
    with pytest.raises(CannotOpen):
        opened(KEY, kept, place="findings.source")
    with pytest.raises(CannotOpen):
        opened(replace(KEY, secret=b"t" * 32), kept, place=PLACE)


def raw_of(session, column, id_):
    return session.scalar(select(type_coerce(column, LargeBinary)).where(SourceRecord.id == id_))


def test_the_database_takes_no_value_of_another_row(session):
    one, other = a_record(session, "Denies SI."), a_record(session, "Has a plan.")
    kept = raw_of(session, SourceRecord.text, other.id)
    assert b"Has a plan" not in kept
    swapped = update(SourceRecord.__table__).where(SourceRecord.id == one.id)
    table = SourceRecord.__table__.c
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(swapped.values({table.text: type_coerce(kept, LargeBinary)}))
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(swapped.values({table.text: type_coerce(b"\0plain", LargeBinary)}))


def test_text_whose_owner_nobody_told_is_not_written(session):
    one = a_record(session, "Denies SI.")
    with pytest.raises(Exception, match="whose text this is"), session.begin_nested():
        session.execute(update(SourceRecord).where(SourceRecord.id == one.id).values(text="x"))


def test_a_change_through_the_mapper_is_sealed_again(session):
    one = a_record(session, "Denies SI.")
    mark = one.text_mark
    one.text = "Denies HI."
    session.flush()
    session.expire_all()
    assert (one.text, type(one.text)) == ("Denies HI.", str)
    assert one.text_mark != mark


def test_every_column_knows_its_place():
    configure_mappers()
    found = [c for table in METADATA.sorted_tables for c in sealed_columns(table)]
    assert len(found) >= 36
    assert all(isinstance(c.type, Sealed) for c in found)
    assert [c.type.place for c in found] == [f"{c.table.name}.{c.name}" for c in found]


def test_two_patients_and_what_is_nobodys_have_keys_of_their_own(session):
    for patient in ("Patient/a", "Patient/b"):
        a_record(session, "Denies SI.", patient=patient)
    a_record(session, "Practitioner: Dr P", patient=None, resource_type="Practitioner")
    binary = a_record(session, "A scan", patient=None, resource_type="Binary")
    row = {"id": "q1", "origin": "x", "content_hash": "h", "raw": "{]", "reason": ""}
    assert marked_rows(session, Quarantined, [row])[0]["raw"] == "{]"
    named = f"source_records/{binary.id}"
    found = set(session.scalars(select(PatientKey.patient_ref)))
    assert found == {"Patient/a", "Patient/b", "", named, "quarantined/q1"}


def test_a_destroyed_key_leaves_what_it_sealed_unreadable(sessions, engine):
    with transaction(sessions) as session:
        record = a_record(session, "Denies SI.")
        backup = raw_of(session, SourceRecord.text, record.id)
    with transaction(sessions) as session:
        secret = key_of_patient(session, "Patient/a").secret
        destroy_keys(session, ["Patient/a"])
    fresh = give_keys(open_engine(engine.url.render_as_string(hide_password=False)), b"k" * 32)
    with fresh.connect() as connection, pytest.raises(CannotOpen, match="destroyed"):
        connection.scalar(select(SourceRecord.text).where(SourceRecord.id == record.id))
    fresh.dispose()
    with transaction(sessions) as session:
        again = key_of_patient(session, "Patient/a")
        assert again.secret != secret
        with pytest.raises(CannotOpen):
            opened(again, backup, place="source_records.text")


def test_another_key_of_the_site_opens_nothing_and_says_so(sessions, engine):
    with transaction(sessions) as session:
        a_record(session, "Denies SI.")
    other = give_keys(open_engine(engine.url.render_as_string(hide_password=False)), b"k" * 32)
    with (
        pytest.raises(Unavailable, match="COUNTERSIGN_CHART_KEY"),
        transaction(session_factory(other)) as session,
    ):
        session.scalars(select(SourceRecord.text)).all()
    other.dispose()


def test_the_keys_in_the_database_are_wrapped(sessions):
    with transaction(sessions) as session:
        secret = key_of_patient(session, "Patient/a").secret
        kept = session.scalars(select(PatientKey.secret)).one()
    assert secret not in kept and len(kept) == 60


def test_an_erasure_waits_for_who_is_sealing(sessions):
    """Else what they write would be lost with the key."""
    with sessions() as writing, sessions() as erasing:
        a_record(writing, "Denies SI.")
        erasing.execute(text("SET LOCAL lock_timeout = '100ms'"))
        with pytest.raises(Exception, match="lock timeout"):
            destroy_keys(erasing, ["Patient/a"])


def test_the_key_of_the_site_is_set_or_made_once(tmp_path):
    settings = Settings(data_dir=tmp_path)
    assert key_of(settings) == key_of(settings)
    assert (tmp_path / "chart.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(WrongSetting, match="32 characters"):
        key_of(Settings(data_dir=tmp_path, chart_key="short"))


def test_a_new_key_of_the_site_takes_over_from_the_former(sessions, engine, settings):
    with transaction(sessions) as session:
        a_record(session, "Denies SI.")
    url, new = engine.url.render_as_string(hide_password=False), b"o" * 32
    site = key_of(settings)
    moving = give_keys(open_engine(url), new, site)
    with transaction(session_factory(moving)) as session:
        assert rewrap(session) == 1
        assert session.scalars(select(SourceRecord.text)).all() == ["Denies SI."]
    moved, former = (give_keys(open_engine(url), each) for each in (new, site))
    with transaction(session_factory(moved)) as session:
        assert session.scalars(select(SourceRecord.text)).all() == ["Denies SI."]
    with pytest.raises(Unavailable), transaction(session_factory(former)) as session:
        session.scalars(select(SourceRecord.text)).all()
    for each in (moving, moved, former):
        each.dispose()


def test_the_key_of_an_attachment_that_came_before_its_note_goes_with_the_patient(sessions):
    binary = {"resourceType": "Binary", "id": "b", "contentType": "text/plain", "data": "cXVldA=="}
    note = {
        "resourceType": "DocumentReference",
        "id": "n",
        "status": "current",
        "subject": {"reference": "Patient/a"},
        "content": [{"attachment": {"contentType": "text/plain", "url": "Binary/b"}}],
    }
    with transaction(sessions) as session:
        ingest(session, "test", [binary])
        (own,) = session.scalars(select(PatientKey.patient_ref)).all()
    assert own.startswith("source_records/")
    with transaction(sessions) as session:
        ingest(session, "test", [note])
        placed = select(SourceRecord).where(SourceRecord.resource_type == "Binary")
        assert session.scalars(placed).one().patient_ref == "Patient/a"
    with transaction(sessions) as session:
        erase_patient(session, "Patient/a", index=NoVectors())
        assert session.scalars(select(PatientKey.patient_ref)).all() == []


class NoVectors:
    """A store that holds nothing."""

    def spaces(self):
        return ()
