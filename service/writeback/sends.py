"""Each sending of a signed text, written down before it is sent: a process may die in between."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from service.database import now, transaction
from service.writeback.attested import AttestedText
from service.writeback.models import Send


def note_send(session: Session, attested: AttestedText) -> None:
    """In a transaction of its own, which stays when that of the filing is rolled back."""
    values = {"summary_id": attested.summary_id, "digest": attested.digest}
    patient_ref = attested.patient_ref
    first = insert(Send).values(**values, patient_ref=patient_ref, sends=1, sent_at=now())
    again = {"sends": Send.sends + 1, "sent_at": now()}
    keys = [Send.summary_id, Send.digest]
    with transaction(sessionmaker(session.get_bind())) as own:
        own.execute(first.on_conflict_do_update(index_elements=keys, set_=again))


def take_back(session: Session, attested: AttestedText) -> None:
    """The EHR answered that it did not take what was noted last."""
    these = (Send.summary_id == attested.summary_id, Send.digest == attested.digest)
    with transaction(sessionmaker(session.get_bind())) as own:
        own.execute(update(Send).where(*these).values(sends=Send.sends - 1))
        own.execute(delete(Send).where(*these, Send.sends < 1))


def earlier_send(session: Session, attested: AttestedText) -> Send | None:
    """What was written down of this text; None where it was never sent."""
    query = select(Send).where(
        Send.summary_id == attested.summary_id, Send.digest == attested.digest
    )
    return session.scalars(query.execution_options(populate_existing=True)).first()


def is_under_way(send: Send | None, settle_s: float, at: datetime | None = None) -> bool:
    """True while the EHR's search may not show yet what was sent last."""
    return send is not None and (at or now()) - send.sent_at < timedelta(seconds=settle_s)
