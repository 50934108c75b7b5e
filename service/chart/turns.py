"""Whose turn it is to bring a chart in order: one at a time for each patient, not for all."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

NOBODYS = "records of no patient"


def hold_common(session: Session, *, changes: bool) -> None:
    """What is in nobody's chart stays as it is until the commit; with `changes`, nobody else
    brings any chart in order meanwhile: a programme that comes with a label, or a note's Binary,
    may concern each of them, also one that is being written at this moment.

    To be asked for first, and after one's own rows are written: whoever comes second sees the
    rows of the first.
    """
    take = func.pg_advisory_xact_lock if changes else func.pg_advisory_xact_lock_shared
    session.execute(select(take(_key(NOBODYS))))


def hold_charts(session: Session, patients: Iterable[str]) -> None:
    """Wait until nobody else brings one of these charts in order; they are let go at commit.
    In one order, so that two who ask for the same charts never wait for each other."""
    for patient_ref in sorted(set(patients)):
        session.execute(select(func.pg_advisory_xact_lock(_key(patient_ref))))


def _key(name: str) -> ColumnElement[int]:
    return func.hashtextextended(f"chart\n{name}", 0)
