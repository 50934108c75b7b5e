"""A draft under way ends when a consent or a label closes what it has read."""

from collections.abc import Callable

from service.access.held import told_apart
from service.database import Transactions, now
from service.drafting.underway import now_and_then

LOOK_EVERY_S = 2.0  # a revocation is to be heard within a minute; one more query is cheap


def when_closed(transaction: Transactions, patient_ref: str) -> Callable[[], bool]:
    """Asked during a draft: whether consents or labels are others than at this call. It looks in
    transactions of its own, for that of the draft began before the change."""
    since = now()

    def told() -> str:
        with transaction() as session:
            return told_apart(session, patient_ref, held_at=since)

    before = told()
    return now_and_then(lambda: told() != before, every_s=LOOK_EVERY_S)
