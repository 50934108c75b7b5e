"""To who may not read a text every route that names it answers as for one that is not there."""

import re

import pytest
from fastapi.routing import APIRoute

from service.summary.models import Summary
from service.summary.vocabulary import Role
from tests.service.review.builders import a_summary
from tests.service.review.test_restriction import a_late_label
from tests.service.web.test_door import paths
from tests.service.web.test_roles import as_role

__all__ = ["as_role"]

NOBODYS = "f" * 32
# Statuses alone, of an id that is known to who asked for it; they go on for as long as it does.
OF_STATUSES = ("/events", "/cancel", "/retry", "/give-up")


@pytest.fixture
def closed(committed):
    def make(session) -> Summary:
        summary = a_summary(session)
        a_late_label(session, summary)
        return summary

    return committed(make)


def named(app):
    """Method and path of every route that names a summary."""
    for path, route in paths(app):
        if isinstance(route, APIRoute) and "{summary_id}" in path:
            for method in sorted(route.methods - {"HEAD"}):
                if not path.endswith(OF_STATUSES):
                    yield method, path


def answered(client, method, path, summary_id, record_id):
    named = {"summary_id": summary_id, "record_id": record_id, "section": "all"}
    at = re.sub(r"\{(\w+)[^}]*\}", lambda m: named.get(m[1], "1"), path)
    answer = client.request(method, at, headers={"Accept": "application/json"})
    told = re.sub(r"[0-9a-f]{32}", "", answer.text)
    return answer.status_code, re.sub(r'"(trace|request)_id":"[^"]*"', "", told)


@pytest.mark.parametrize("role", [Role.QA, Role.SERVICE])
def test_a_closed_text_and_none_are_answered_alike(app, as_role, closed, role):
    client, tried = as_role(role), 0
    record = closed.current.content.statement(1).citations[0].record_id
    for method, path in named(app):
        theirs = answered(client, method, path, closed.id, record)
        assert theirs == answered(client, method, path, NOBODYS, record), (method, path)
        tried += 1
    assert tried > 20


def test_and_in_no_list(as_role, closed):
    for role in (Role.QA, Role.SERVICE):
        told = as_role(role).get("/api/v1/summaries").json()
        assert told == {"rows": [], "next": None}
    assert closed.id in as_role(Role.CLINICIAN).get("/api/v1/summaries").text
    assert closed.id in as_role(Role.IT).get("/api/v1/summaries").text
