"""A database from before there were keys is sealed on the way up, in steps, and opened down."""

import pytest
from sqlalchemy import create_engine, inspect, select, text
from sqlalchemy.orm import Session

from service import migrations
from service.chart.models import SourceRecord
from service.reading.models import RecordReading
from service.retrieval.keys import secret_of
from service.retrieval.models import Passage
from service.sealing import plain
from service.sealing.keyring import give_keys
from service.summary.models import Finding, Summary, SummaryVersion
from service.writeback.recall.models import Recall

CANARY = "quetzal-5521"
OLD = f"""
INSERT INTO patient_keys (patient_ref, secret, made_at)
VALUES ('Patient/a', decode(repeat('ab', 32), 'hex'), now());
INSERT INTO source_records (id, patient_ref, resource_ref, resource_type, version, content_hash,
  raw, received_at, is_latest, refers_to, title, headline, text, code, category, status, effective,
  author, author_role, is_note, standing, standing_reason, labels, marking, gaps, origin)
SELECT 'r' || n, 'Patient/a', 'Condition/' || n, 'Condition', '1', 'h' || n, '{{"id": "{CANARY}"}}',
  now(), true, '{{}}', '{CANARY}', '{CANARY}', 'Fear of {CANARY} ' || n, '', '', '', '', '', '',
  false, 'evidence', '', '[]', '{{}}', '[]', '' FROM generate_series(1, 5) n;
INSERT INTO record_readings (record_id, patient_ref, reader, text_hash, reading, read_at)
SELECT id, patient_ref, 1, encode(sha256(convert_to(text, 'UTF8')), 'hex'), '{CANARY}'::bytea, now()
FROM source_records;
INSERT INTO passages (id, patient_ref, record_id, heading, start, "end", vector_id, model)
VALUES ('p1', 'Patient/a', 'r1', '{CANARY}', 0, 4, 'v1', '');
INSERT INTO summaries (id, patient_ref, type, status, status_reason, requested_by, requested_at,
  status_at, revision)
VALUES ('s1', 'Patient/a', 'handoff', 'in-review', '{CANARY}', 'a', now(), now(), 1);
INSERT INTO summary_versions (id, summary_id, number, document, text, digest, made_by, made_at,
  writer, coverage, assessments)
VALUES
  ('w1', 's1', 1, '{{"title": "{CANARY}"}}', '{CANARY}', 'd', 'a', now(), '{{}}', '{{}}', '[]');
INSERT INTO findings (id, version_id, number, kind, severity, "check", message, said, source,
  evidence, resolution_reason)
VALUES ('f1', 'w1', 1, 'risk', 'major', 'c', '{CANARY}', '', '', '[{{"quote": "{CANARY}"}}]', '');
"""


@pytest.fixture
def old(engine):
    """A database of its own, at the revision before keys, with a chart in it."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("DROP DATABASE IF EXISTS plain"))
        connection.execute(text("CREATE DATABASE plain"))
    old = create_engine(engine.url.set(database="plain"))
    give_keys(old, b"a key of the site, long enough")
    migrations.upgrade(old, "0016")
    with old.begin() as connection:
        connection.exec_driver_sql(OLD)
    yield old
    old.dispose()


def kept(engine):
    """Every value of every table, as the database has it."""
    with engine.connect() as connection:
        told = [
            str(row).encode() + b"".join(v for v in row if isinstance(v, bytes))
            for name in inspect(connection).get_table_names()
            for row in connection.execute(text(f"SELECT * FROM {name}"))
        ]
    return b"".join(told)


def read(engine):
    with Session(engine) as session:
        records = session.scalars(select(SourceRecord).order_by(SourceRecord.id)).all()
        readings = session.scalars(select(RecordReading).order_by(RecordReading.record_id)).all()
        version, finding = session.get(SummaryVersion, "w1"), session.get(Finding, "f1")
        assert [r.text_mark for r in records] == [r.text_mark for r in readings]
        return (
            [(r.raw, r.title, r.headline, r.text) for r in records],
            [r.reading for r in readings],
            session.get(Passage, "p1").heading,
            session.get(Summary, "s1").status_reason,
            (version.document, version.text, version.coverage, version.assessments, version.edit),
            (finding.message, finding.said, finding.evidence),
            secret_of(session, "Patient/a"),
        )


AS_IT_WAS = (
    [(f'{{"id": "{CANARY}"}}', CANARY, CANARY, f"Fear of {CANARY} {n}") for n in range(1, 6)],
    [CANARY.encode()] * 5,
    CANARY,
    CANARY,
    ({"title": CANARY}, CANARY, {}, [], {}),
    (CANARY, "", [{"quote": CANARY}]),
    b"\xab" * 32,
)


def test_a_chart_from_before_is_sealed_and_reads_as_it_did(old):
    assert CANARY.encode() in kept(old)
    migrations.upgrade(old)
    assert CANARY.encode() not in kept(old)
    assert b"\xab" * 32 not in kept(old)
    assert read(old) == AS_IT_WAS


def test_sealing_that_was_stopped_goes_on_where_it_was(old, monkeypatch):
    monkeypatch.setattr(plain, "ROWS", 2)
    write, steps = plain._write, []

    def stopped(*given):
        steps.append(given)
        if len(steps) > 2:
            raise KeyboardInterrupt
        write(*given)

    with monkeypatch.context() as patch:
        patch.setattr(plain, "_write", stopped)
        with pytest.raises(KeyboardInterrupt):
            migrations.upgrade(old)
    assert not migrations.is_current(old)
    with Session(old) as session:  # what is sealed and what is not are read alike
        assert len(session.scalars(select(SourceRecord.text)).all()) == 5
    migrations.upgrade(old)
    assert CANARY.encode() not in kept(old)
    assert read(old) == AS_IT_WAS


def test_down_again_it_is_plain_as_it_was(old):
    before = kept(old)
    migrations.upgrade(old)
    migrations.downgrade(old, "0016")
    with old.connect() as connection:
        texts = connection.scalars(text("SELECT text FROM source_records ORDER BY id")).all()
        quote = connection.scalar(text("SELECT evidence->0->>'quote' FROM findings"))
        secret = connection.scalar(text("SELECT secret FROM patient_keys"))
    assert before and texts == [f"Fear of {CANARY} {n}" for n in range(1, 6)]
    assert (quote, bytes(secret)) == (CANARY, b"\xab" * 32)
    migrations.upgrade(old)
    assert [row[3] for row in read_texts(old)] == texts


def read_texts(engine):
    with Session(engine) as session:
        records = session.scalars(select(SourceRecord).order_by(SourceRecord.id)).all()
        return [(r.raw, r.title, r.headline, r.text) for r in records]


def test_what_was_typed_of_a_recall_is_sealed_and_opened_with_its_revision(old):
    """A later revision than all others, of a table that there was before there were keys."""
    migrations.upgrade(old)
    migrations.downgrade(old, "0031")
    with old.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO recalls (id, criteria, reason, asked_by, asked_at) VALUES "
            f"('r1', '{{}}', 'Of {CANARY}.', 'it', now()), ('r2', '{{}}', '', 'it', now())"
        )
    migrations.upgrade(old)
    with old.connect() as connection:
        lain = connection.exec_driver_sql("SELECT reason FROM recalls ORDER BY id").scalars().all()
    assert CANARY.encode() not in bytes(lain[0]) and bytes(lain[1]) == b""
    with Session(old) as session:
        assert session.get(Recall, "r1").reason == f"Of {CANARY}."
    migrations.downgrade(old, "0031")
    with old.connect() as connection:
        told = connection.exec_driver_sql("SELECT reason FROM recalls ORDER BY id").scalars().all()
    assert told == [f"Of {CANARY}.", ""]
    migrations.downgrade(old, "0016")
