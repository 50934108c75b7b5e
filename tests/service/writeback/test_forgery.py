"""Who can write to the database, and has not the service's key, gets nothing filed."""

import copy
import hashlib
from contextlib import suppress

import pytest
from sqlalchemy import text

from service import audit
from service.audit import AuditEvent
from service.database import new_id, now, transaction
from service.errors import Unavailable, WrongSetting
from service.settings import Settings
from service.sitekeys import MIN_KEY
from service.summary import progress
from service.summary.attestations import ATTESTED
from service.summary.models import Attestation
from service.summary.vocabulary import SummaryStatus as S
from service.writeback.exchange import ref_of
from service.writeback.filing import file_summary, reconcile_filing
from service.writeback.retracting import retract_summary
from tests.service.writeback.builders import a_record, a_signed_summary, an_edit, sign
from tests.service.writeback.ehr import PATIENT


@pytest.fixture
def signed(sessions):
    with transaction(sessions) as session:
        return a_signed_summary(session, records=[a_record(session)]).id


def freely(session):
    """As the owner of the tables, who passes over the triggers of the audit."""
    session.execute(text("SET LOCAL session_replication_role = replica"))


def add_plainly(session, **columns):
    """An audit row with a chain hash as anybody can work it out."""
    length, head = audit.length_and_head(session)
    act = AuditEvent(seq=length + 1, at=now(), previous_hash=head, patient_ref=None, **columns)
    act.hash = audit.link_hash(act)
    session.add(act)


def a_forged_attestation(summary, seal="", **changed):
    given = {
        "summary_id": summary.id,
        "digest": summary.current.digest,
        "person_id": "demo-attending",
        "person_name": "Dr Samuel Adeyemi",
        "practitioner_ref": "Practitioner/demo-attending",
        "meaning": "signed",
        "signed_at": now(),
        "seal": seal,
    }
    return Attestation(id=new_id(), **given | changed)


def other_text_with_a_signature_beside_it(session, summary):
    an_edit(session, summary, "Cleared for discharge.")
    session.add(a_forged_attestation(summary))


def the_same_with_a_row_in_the_audit(session, summary):
    other_text_with_a_signature_beside_it(session, summary)
    digest = summary.current.digest
    told = {"digest": digest, "meaning": "signed", "seal": ""}
    add_plainly(
        session, action=ATTESTED, actor="demo-attending", subject_id=summary.id, detail=told
    )


def a_second_signature_that_nobody_gave(session, summary):
    session.add(a_forged_attestation(summary, summary.attestations[0].seal))


def the_signature_in_another_name(session, summary):
    session.execute(text("UPDATE attestations SET practitioner_ref = 'Practitioner/other'"))


def the_signature_moved_to_another_text(session, summary):
    an_edit(session, summary, "Fit for work.")
    digest = summary.current.digest
    session.execute(text("UPDATE attestations SET digest = :d").bindparams(d=digest))
    freely(session)
    session.execute(
        text(
            "UPDATE audit_events SET detail = jsonb_set(detail, '{digest}', to_jsonb(:d ::text))"
        ).bindparams(d=digest)
    )


def the_signature_of_another_summary(session, summary):
    genuine = summary.attestations[0]
    forged = a_signed_summary(session)
    session.execute(
        text("UPDATE attestations SET seal = :s WHERE summary_id = :id").bindparams(
            s=genuine.seal, id=forged.id
        )
    )
    session.execute(
        text("UPDATE summaries SET status = 'filed' WHERE id = :id").bindparams(id=summary.id)
    )
    return forged.id


def the_summary_moved_to_another_patient(session, summary):
    session.execute(text("UPDATE summaries SET patient_ref = 'Patient/other'"))


def the_same_and_its_audit_too(session, summary):
    the_summary_moved_to_another_patient(session, summary)
    freely(session)
    session.execute(text("UPDATE audit_events SET patient_ref = 'Patient/other'"))


def the_summary_called_another_kind(session, summary):
    session.execute(text("UPDATE summaries SET type = 'discharge'"))


def a_source_taken_from_the_snapshot(session, summary):
    session.execute(text("DELETE FROM snapshot_records"))


def the_audit_of_the_signature_gone(session, summary):
    freely(session)
    session.execute(text("DELETE FROM audit_events"))


def the_audit_written_anew(session, summary):
    """Every row as the chain wants it, without the key."""
    freely(session)
    previous = audit.GENESIS
    for act in list(audit.chain(session)):
        act.previous_hash = previous
        act.hash = previous = audit.link_hash(act)
    session.flush()


def a_text_that_nobody_cosigned_called_signed(session, summary):
    progress.advance(session, summary, S.FILING_REFUSED, actor="system")
    progress.advance(session, summary, S.IN_REVIEW, actor="demo-clinician")
    progress.advance(session, summary, S.AWAITING_COSIGN, actor="demo-clinician")
    stands_at(session, "signed")


def a_text_that_was_taken_back_called_signed(session, summary):
    progress.advance(session, summary, S.FILING_REFUSED, actor="system")
    progress.advance(session, summary, S.IN_REVIEW, actor="demo-clinician", reason="A wrong dose.")
    stands_at(session, "signed")


def a_text_that_was_rejected_called_signed(session, summary):
    progress.advance(session, summary, S.FILING_REFUSED, actor="system")
    progress.advance(session, summary, S.IN_REVIEW, actor="demo-clinician")
    progress.advance(session, summary, S.REJECTED, actor="demo-clinician")
    stands_at(session, "signed")


def a_draft_moved_to_another_patient_before_it_was_signed(session, summary):
    progress.advance(session, summary, S.FILING_REFUSED, actor="system")
    progress.advance(session, summary, S.IN_REVIEW, actor="demo-clinician")
    an_edit(session, summary, "PHQ-9 total score 14.")
    the_summary_moved_to_another_patient(session, summary)
    session.refresh(summary)
    sign(session, summary)


def the_summary_put_under_another_visit(session, summary):
    session.execute(text("UPDATE summaries SET encounter_ref = 'Encounter/of-somebody'"))


def stands_at(session, status):
    session.execute(text("UPDATE summaries SET status = :s").bindparams(s=status))


@pytest.mark.parametrize(
    "forge",
    [
        a_text_that_nobody_cosigned_called_signed,
        a_text_that_was_taken_back_called_signed,
        a_text_that_was_rejected_called_signed,
        a_draft_moved_to_another_patient_before_it_was_signed,
        the_summary_put_under_another_visit,
        other_text_with_a_signature_beside_it,
        the_same_with_a_row_in_the_audit,
        a_second_signature_that_nobody_gave,
        the_signature_in_another_name,
        the_signature_moved_to_another_text,
        the_signature_of_another_summary,
        the_summary_moved_to_another_patient,
        the_same_and_its_audit_too,
        the_summary_called_another_kind,
        a_source_taken_from_the_snapshot,
        the_audit_of_the_signature_gone,
        the_audit_written_anew,
    ],
)
def test_a_forged_signature_files_nothing(sessions, signed, client, wire, forge):
    with transaction(sessions) as session:
        summary_id = forge(session, progress.find_summary(session, signed)) or signed
    # Where the audit itself does not fit the key any more, nothing is done at all.
    with suppress(Unavailable), transaction(sessions) as session:
        file_summary(session, summary_id, client=client)
    with sessions() as session:
        assert progress.find_summary(session, summary_id).status is not S.FILED
    assert [call for call in wire.calls if call[0] != "GET"] == []


def test_nor_is_it_filed_by_way_of_an_answer_that_never_was_awaited(sessions, signed, client, wire):
    with transaction(sessions) as session:
        a_text_that_was_taken_back_called_signed(session, progress.find_summary(session, signed))
        stands_at(session, "filing-unknown")
    for act in (reconcile_filing, file_summary):
        with transaction(sessions) as session:
            act(session, signed, client=client)
    with sessions() as session:
        assert progress.find_summary(session, signed).status is S.FILING_REFUSED
    assert [call for call in wire.calls if call.startswith(("POST", "PUT"))] == []


def test_a_signature_that_was_given_is_filed(sessions, signed, client):
    with transaction(sessions) as session:
        file_summary(session, signed, client=client)
    with sessions() as session:
        assert progress.find_summary(session, signed).status is S.FILED


KEY = b"k" * 32


def a_chain(length, key=KEY):
    acts, previous = [], audit.GENESIS
    for seq in range(1, length + 1):
        act = AuditEvent(
            seq=seq, at=now(), action="chart.viewed", actor="a", detail={}, previous_hash=previous
        )
        act.hash = previous = audit.link_hash(act, key)
        acts.append(act)
    return acts


def rehashed(acts, key=None):
    made, previous = copy.deepcopy(acts), audit.GENESIS
    for act in made:
        act.previous_hash = previous
        act.hash = previous = audit.link_hash(act, key)
    return made


def test_a_chain_written_anew_without_the_key_breaks():
    acts = a_chain(3)
    assert audit.broken_link(acts, KEY) is None
    assert audit.broken_link(acts, b"other" * 8) is not None
    assert "no row is of this service's key" in audit.broken_link(rehashed(acts), KEY).reason


def test_plain_rows_are_taken_only_from_before_the_first_keyed_one():
    plain = rehashed(a_chain(2))
    act = a_chain(1)[0]
    act.seq, act.previous_hash = 3, plain[-1].hash
    act.hash = audit.link_hash(act, KEY)
    assert audit.broken_link([*plain, act], KEY) is None
    late = copy.deepcopy(act)
    late.seq, late.previous_hash = 4, act.hash
    late.hash = audit.link_hash(late)
    assert audit.broken_link([*plain, act, late], KEY).seq == 4


def test_a_cut_tail_is_seen_by_an_anchor_and_only_by_one():
    acts = a_chain(5)
    anchors = {3: acts[2].hash, 5: acts[4].hash}
    assert audit.broken_link(acts, KEY, anchors) is None
    assert audit.broken_link(acts[:4], KEY) is None
    assert audit.broken_link(acts[:4], KEY, anchors).reason == "row 5 was anchored and is missing"
    assert audit.broken_link(acts, KEY, {3: hashlib.sha256().hexdigest()}).seq == 3


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    settings = Settings(data_dir=tmp_path)
    key = audit.key_of(settings)
    assert audit.key_of(settings) == key and len(key) >= MIN_KEY
    assert (tmp_path / "audit.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(WrongSetting, match="32 characters"):
        audit.key_of(Settings(data_dir=tmp_path, audit_key="short"))


@pytest.fixture
def filed(sessions, signed, client):
    with transaction(sessions) as session:
        file_summary(session, signed, client=client)
    return signed


def somebody_elses(client, subject=""):
    """A note in the EHR that is none of ours; of another patient unless one is named."""
    subject = subject or ref_of(client.create({"resourceType": "Patient"}))
    coded = {"coding": [{"system": "http://loinc.org", "code": "11506-3"}], "text": "Note"}
    note = {"resourceType": "DocumentReference", "status": "current"}
    note |= {"type": coded, "category": [coded]}
    content = [{"attachment": {"contentType": "text/plain", "data": "eA=="}}]
    return ref_of(client.create(note | {"subject": {"reference": subject}, "content": content}))


def asked_to_withdraw(sessions, summary_id):
    with transaction(sessions) as session:
        summary = progress.find_summary(session, summary_id)
        progress.advance(session, summary, S.RETRACTING, actor="demo-clinician", reason="Wrong.")


@pytest.mark.parametrize("subject", ["", PATIENT])
def test_a_document_that_a_row_was_made_to_point_at_is_not_withdrawn(
    sessions, filed, client, subject
):
    foreign = somebody_elses(client, subject)
    asked_to_withdraw(sessions, filed)
    with transaction(sessions) as session:
        session.execute(text("UPDATE filings SET document_ref = :d").bindparams(d=foreign))
    with transaction(sessions) as session:
        retract_summary(session, filed, client=client)
    assert client.read(foreign)["status"] == "current"


def test_nor_is_one_whose_withdrawal_only_the_database_asks_for(sessions, filed, client):
    with transaction(sessions) as session:
        session.execute(text("UPDATE summaries SET status = 'retracting'"))
    with transaction(sessions) as session:
        retract_summary(session, filed, client=client)
    with sessions() as session:
        summary = progress.find_summary(session, filed)
        assert (summary.status, "nobody who asked" in summary.status_reason) == (S.FILED, True)
    (ours,) = client.search("DocumentReference", {"patient": PATIENT})
    assert ours["status"] == "current"


def test_nor_is_one_that_a_new_text_is_made_to_replace(sessions, filed, client):
    foreign = somebody_elses(client)
    with transaction(sessions) as session:
        session.execute(text("UPDATE filings SET document_ref = :d").bindparams(d=foreign))
        session.execute(text("UPDATE filings SET digest = repeat('0', 64)"))
        session.execute(text("UPDATE summaries SET status = 'signed'"))
    with transaction(sessions) as session:
        file_summary(session, filed, client=client)
    assert client.read(foreign)["status"] == "current"
