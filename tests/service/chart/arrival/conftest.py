import pytest

from service.chart.arrival.follow import follow_arrival
from service.chart.arrival.models import Arrival
from service.chart.models import Chart
from service.database import transaction
from tests.service.chart.arrival.builders import Ehr


@pytest.fixture
def begin(sessions):
    """A transaction of its own, as a worker has it."""
    return lambda: transaction(sessions)


@pytest.fixture
def known(begin):
    """A chart of this patient is held."""

    def hold(ref="Patient/p1"):
        with begin() as session:
            session.merge(Chart(patient_ref=ref, gaps=[]))

    hold()
    return hold


@pytest.fixture
def ehr():
    return Ehr()


@pytest.fixture
def follow(begin):
    """What a worker does of all that it was rung for, until nothing is owed at once."""

    def act(ehr):
        client = ehr.client()
        for _ in range(3):
            for ref in owed(begin):
                follow_arrival(begin, ref, client=client)

    return act


def owed(begin):
    with begin() as session:
        return [each.ref for each in session.query(Arrival).order_by(Arrival.ref)]
