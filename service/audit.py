"""The append-only record of who did what: each row carries the hash of the one before, keyed with
a secret that is not in the database, so that who can write there can make none."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, event, select, text
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column, sessionmaker

from service.database import Base, new_id, now
from service.errors import Unavailable, WrongSetting
from service.sealing.columns import Sealed
from service.sealing.marking import key_of_patient
from service.settings import Settings
from service.sitekeys import site_key

GENESIS = "0" * 64
CHAIN_LOCK = 0x436F756E  # one writer at a time, taken only for the length of a commit


class AuditEvent(Base):
    """One act. `action` is `noun.past`; `detail` holds ids, counts and reasons, no chart text."""

    __tablename__ = "audit_events"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    action: Mapped[str]
    actor: Mapped[str]
    patient_ref: Mapped[str | None] = mapped_column(index=True)
    subject_id: Mapped[str | None] = mapped_column(index=True)
    detail: Mapped[dict[str, Any]]
    previous_hash: Mapped[str]
    hash: Mapped[str]


class TypedReason(Base):
    """What a person has typed about an act. It may speak of the patient, so it stands beside the
    audit, whose rows nobody can remove, and goes with the patient; the row has its keyed hash."""

    __tablename__ = "typed_reasons"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    patient_ref: Mapped[str] = mapped_column(index=True)
    words: Mapped[str] = mapped_column(Sealed())


@dataclass(frozen=True)
class BrokenLink:
    """The first row at which the chain no longer holds, and why."""

    seq: int
    reason: str


def record(
    session: Session,
    action: str,
    *,
    actor: str,
    patient_ref: str | None = None,
    subject_id: str | None = None,
    typed: str = "",
    **detail: Any,
) -> None:
    """Note an act; the row is written in this transaction, when it commits. `typed` is why, in a
    person's words, about the patient.

    Written at commit so that the lock on the chain is held for milliseconds, not for the
    length of a task. If the row cannot be written the commit fails, and the act with it.
    """
    if typed:
        detail |= _kept_beside(session, typed, patient_ref) if patient_ref else {"reason": typed}
    act = AuditEvent(
        at=now(),
        action=action,
        actor=actor,
        patient_ref=patient_ref,
        subject_id=subject_id,
        detail=detail,
    )
    session.info.setdefault("acts", []).append(act)


def _kept_beside(session: Session, typed: str, patient_ref: str) -> dict[str, str]:
    kept = TypedReason(id=new_id(), patient_ref=patient_ref, words=typed)
    session.add(kept)
    return {"reason_id": kept.id, "reason_hash": _hash_of(session, kept)}


def _hash_of(session: Session, kept: TypedReason) -> str:
    return keyed_hash(session, kept.patient_ref, f"{kept.id}\n{kept.words}")


def keyed_hash(session: Session, owner: str, words: str) -> str:
    """Under the patient's key, or another owner's: once that is gone nobody can tell by it what
    was typed."""
    return _mac(key_of_patient(session, owner).secret, words.encode())


def site_hash(session: Session, words: str) -> str:
    """Under the key of the chain: who has the database alone guesses nothing by it."""
    return _mac(_key(session), words.encode())


def typed_reasons(session: Session, acts: Iterable[AuditEvent]) -> dict[int, str]:
    """Number of the act -> what was typed then, as far as it is still held."""
    asked = {str(act.detail["reason_id"]): act for act in acts if "reason_id" in act.detail}
    query = select(TypedReason).where(TypedReason.id.in_(asked))
    told = {}
    for kept in session.scalars(query) if asked else ():
        act = asked[kept.id]
        is_whole = is_same(_hash_of(session, kept), str(act.detail["reason_hash"]))
        told[act.seq] = kept.words if is_whole else "(not what was typed)"
    return told


def key_of(settings: Settings) -> bytes:
    """The secret of the chain and of signatures: COUNTERSIGN_AUDIT_KEY, else one that is made once
    in a file of the data directory that only its owner reads. Raises WrongSetting."""
    path = settings.data_dir.absolute() / "audit.key"
    return site_key(settings.audit_key, "COUNTERSIGN_AUDIT_KEY", path)


def pending(session: Session) -> list[AuditEvent]:
    """The acts of this transaction, which are written when it commits."""
    acts: list[AuditEvent] = session.info.get("acts", [])
    return acts


def keep_chain(sessions: sessionmaker[Session], key: bytes) -> None:
    """Make every commit of these sessions append its acts to the chain, keyed with `key`."""
    sessions.configure(info={"audit_key": key})

    @event.listens_for(sessions, "before_commit")
    def append(session: Session) -> None:
        if session.in_nested_transaction():  # SQLAlchemy says "commit" for savepoints too
            return
        if acts := session.info.pop("acts", []):
            _append(session, acts)

    _forget_what_is_rolled_back(sessions)


def _forget_what_is_rolled_back(sessions: sessionmaker[Session]) -> None:
    """What was rolled back did not happen: of a savepoint its own acts alone."""

    @event.listens_for(sessions, "after_transaction_create")
    def mark(session: Session, begun: SessionTransaction) -> None:
        if begun.nested:
            session.info.setdefault("marks", {})[begun] = len(pending(session))

    @event.listens_for(sessions, "after_transaction_end")
    def unmark(session: Session, ended: SessionTransaction) -> None:
        if ended.parent is None:  # a savepoint has ended before it is told that it was rolled back
            session.info.pop("marks", None)

    @event.listens_for(sessions, "after_soft_rollback")
    def forget(session: Session, previous: SessionTransaction) -> None:
        if previous.parent is None:
            session.info.pop("acts", None)
        elif (known := session.info.get("marks", {}).get(previous)) is not None:
            del pending(session)[known:]


def _append(session: Session, acts: list[AuditEvent]) -> None:
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CHAIN_LOCK})
    key, last = _key(session), _last(session)
    if last is not None and last.hash not in (link_hash(last, key), link_hash(last)):
        raise Unavailable(
            "The newest row of the audit is not of this service's key: either another process has "
            "another COUNTERSIGN_AUDIT_KEY, or somebody changed the row. Nothing was done."
        )
    seq, previous = (last.seq, last.hash) if last else (0, GENESIS)
    for act in acts:
        seq += 1
        act.seq, act.previous_hash = seq, previous
        act.hash = previous = link_hash(act, key)
        session.add(act)


def link_hash(act: AuditEvent, key: bytes | None = None) -> str:
    """HMAC-SHA-256 over the previous hash and every field of the row, in canonical JSON; plain
    SHA-256 without a key, as rows were written before there was one."""
    fields = [
        act.seq,
        act.at.astimezone(UTC).isoformat(),
        act.action,
        act.actor,
        act.patient_ref,
        act.subject_id,
        act.detail,
        act.previous_hash,
    ]
    told = json.dumps(fields, sort_keys=True).encode()
    return _mac(key, told) if key else hashlib.sha256(told).hexdigest()


def seal(session: Session, *fields: str) -> str:
    """A mark that only this service can put on these values."""
    return _mac(_key(session), json.dumps(fields).encode())


def is_same(one: str, other: str) -> bool:
    """Compared to the end, so that time tells nothing."""
    return hmac.compare_digest(one.encode(), other.encode())


def is_ours(session: Session, act: AuditEvent) -> bool:
    """Whether this row is of our key and untouched."""
    return is_same(link_hash(act, _key(session)), act.hash)


def _mac(key: bytes, told: bytes) -> str:
    return hmac.new(key, told, hashlib.sha256).hexdigest()


def _key(session: Session) -> bytes:
    key: bytes = session.info["audit_key"]
    return key


def broken_link(
    acts: Iterable[AuditEvent], key: bytes, anchors: Mapping[int, str] | None = None
) -> BrokenLink | None:
    """Walk acts in order; the first gap, altered row or cut chain, or None when it holds.

    Rows before the first keyed one may be plain, as they once were written; none after it, and
    the newest is keyed. `anchors` are heads that were kept elsewhere: number of rows to hash.
    """
    previous, is_keyed, seq = GENESIS, False, 0
    known = dict(anchors or {})
    for seq, act in enumerate(acts, start=1):
        if act.seq != seq:
            return BrokenLink(seq, f"row {seq} is missing")
        if act.previous_hash != previous:
            return BrokenLink(seq, "it does not carry the hash of the row before")
        is_ours = is_same(act.hash, link_hash(act, key))
        if not is_ours and (is_keyed or act.hash != link_hash(act)):
            return BrokenLink(seq, "its content does not match its hash")
        if known.pop(seq, act.hash) != act.hash:
            return BrokenLink(seq, "it is not what was anchored")
        is_keyed, previous = is_keyed or is_ours, act.hash
    if known:
        return BrokenLink(seq + 1, f"row {max(known)} was anchored and is missing")
    if seq and not is_keyed:
        return BrokenLink(seq, "no row is of this service's key")
    return None


def anchors_in(path: Path) -> dict[int, str]:
    """What `anchor` has written there. Raises WrongSetting for a line that it did not write."""
    found = {}
    for line in path.read_text("utf-8").splitlines():
        seq, _, head = line.partition(" ")
        if not seq.isdigit() or len(head) != len(GENESIS):
            raise WrongSetting(f"{path} is no file of anchors: each line is a number and a hash.")
        found[int(seq)] = head
    found.pop(0, None)
    return found


def anchor(session: Session, path: Path) -> tuple[int, str]:
    """Add the chain's length and head to a file that the database's owner cannot write."""
    length, head = length_and_head(session)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{length} {head}\n")
    return length, head


def chain(session: Session) -> Iterator[AuditEvent]:
    """Every act in order, streamed."""
    query = select(AuditEvent).order_by(AuditEvent.seq).execution_options(yield_per=1000)
    yield from session.scalars(query)


def length_and_head(session: Session) -> tuple[int, str]:
    """How many rows there are and the newest hash: kept elsewhere, it shows a cut-off end."""
    last = _last(session)
    return (last.seq, last.hash) if last else (0, GENESIS)


def _last(session: Session) -> AuditEvent | None:
    return session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc()).limit(1)).first()
