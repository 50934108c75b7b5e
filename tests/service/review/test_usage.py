"""What drafting took is told by writer, to who runs the service and who answers for quality."""

import pytest

from service.drafting.models import ModelEndpoint
from service.errors import NotPermitted
from service.review.usage import usage
from tests.service.review.builders import CLINICIAN, IT, QA, a_summary

MODEL = {
    "name": "openai:x",
    "seconds": 4.0,
    "calls": 9,
    "tokens_in": 900,
    "tokens_out": 90,
    "cost": 0.02,
    "sections": {"plan": "openai:x", "labs": "extractive (the model timed out)"},
}


def drafted(session, writer, patient):
    summary = a_summary(session, patient=patient)
    summary.current.writer = writer
    session.flush()


def test_tokens_cost_and_time_are_added_up_by_writer(session):
    for number, seconds in enumerate((1.0, 2.0, 9.0), 1):
        drafted(session, MODEL | {"seconds": seconds}, f"Patient/{number}")
    drafted(session, {"name": "extractive", "seconds": 0.5}, "Patient/4")
    model, plain = sorted(usage(session, IT).writers, key=lambda w: w.name, reverse=True)
    assert (model.name, model.drafts, model.calls) == ("openai:x", 3, 27)
    assert (model.tokens_in, model.tokens_out, model.cost) == (2700, 270, 0.06)
    assert (model.sections, model.from_chart) == (6, 3)
    assert (model.seconds_p50, model.seconds_p95) == (2.0, 9.0)
    assert (plain.name, plain.tokens_in, plain.seconds_p95) == ("extractive", 0, 0.5)


def test_an_endpoint_that_fails_is_named(session):
    session.add(ModelEndpoint(name="openai:x", failures=5, said="it timed out", closed_until=None))
    session.flush()
    (endpoint,) = usage(session, QA).endpoints
    assert (endpoint.name, endpoint.failures) == ("openai:x", 5)


def test_a_clinician_is_not_shown_what_drafting_costs(session):
    with pytest.raises(NotPermitted):
        usage(session, CLINICIAN)
