"""Whatever number stands in a path, a query or a form: an answer in words, and never a 5xx."""

import re

import pytest
from fastapi import params
from fastapi.routing import APIRoute

from service.database import transaction
from service.qa.models import QaSample, Sampled
from service.qa.sampling import draw_sample
from service.review.permissions import ALLOWED
from service.summary.vocabulary import Role
from tests.service.review.builders import QA, a_finding, a_summary
from tests.service.web.test_any_request import is_away
from tests.service.web.test_door import calls, paths
from tests.service.web.test_roles import as_role

__all__ = ["as_role"]

# Beyond what Python turns into a number, beyond a bigint, beyond an integer, below all of them,
# and digits that are none of ours.
NUMBERS = ("9" * 5000, "0" * 5000, str(10**18), str(2**31), f"-{2**63}", "²", "٣" * 20)
# The session that tries must not end; a stream does not; no index is at hand to be asked.
SPARED = re.compile(r"/sign-out|/api/v1/session$|/events$|/ask$")


@pytest.fixture
def ids(committed, sessions):
    """What paths name, as it is held here."""
    with transaction(sessions) as session:
        a_finding(session, a_summary(session).current)
        session.flush()
        made = draw_sample(session, seed="1", size=1, statuses=Sampled.DRAFTS, by=QA)
    with transaction(sessions) as session:
        sample = session.get_one(QaSample, made.id)
        (item,) = sample.items
        named = {"summary_id": item.summary_id, "sample_id": sample.id, "item_id": item.id}
        return named | {"patient_id": "1", "section": "all", "form": "csv"}


def dependants(dependant):
    yield dependant
    for each in dependant.dependencies:
        yield from dependants(each)


def fields(route):
    """Where a value may stand: its place (path, query, form, json) and name."""
    for each in dependants(route.dependant):
        yield from (("path", p.alias) for p in each.path_params)
        yield from (("query", p.alias) for p in each.query_params)
        for p in each.body_params:
            is_form = isinstance(p.field_info, params.Form)
            if is_form:
                yield "form", p.alias
            else:
                shape = p.field_info.annotation
                yield from (("json", name) for name in getattr(shape, "model_fields", ()))
    if any(c.__name__ == "sent_form" for c in calls(route.dependant) if hasattr(c, "__name__")):
        yield from (("form", name) for name in ("mark-{}", "note-{}"))


def tried(app, ids):
    """Every request that puts one number into one place of one route, all else as it should be."""
    for path, route in paths(app):
        if not isinstance(route, APIRoute) or SPARED.search(path):
            continue
        places = sorted(set(fields(route)))
        guards = [c for c in calls(route.dependant) if getattr(c, "is_guard", False)]
        ability = next((c.ability for c in guards if c.ability), None)
        for where, name in places:
            for number in NUMBERS:
                for method in route.methods - {"HEAD"}:
                    given = {(w, n): _fitting(ids, w, n, number) for w, n in places}
                    yield method, ability, path, given | {(where, name): number}


def _fitting(ids, where, name, number):
    return ids.get(name, "0" if where == "path" else "1")


def request(client, method, path, given):
    named = {n: v for (w, n), v in given.items() if w == "path"}
    at = re.sub(r"\{(\w+)(:\w+)?\}", lambda m: named.get(m[1], "1"), path)
    query = {n: v for (w, n), v in given.items() if w == "query"}
    form = {}
    for (where, name), value in given.items():
        if where == "form":
            form |= {name.format(value): "invented"} if "{}" in name else {name: value}
    json = {n: v for (w, n), v in given.items() if w == "json"}
    body = {"data": form} if form else {"json": json} if json else {}
    headers = {"Idempotency-Key": "1"}
    return client.request(method, at, params=query, headers=headers, **body)


def test_no_number_is_too_long_for_a_route(app, ids, as_role):
    clients, wrong, count = {}, [], 0
    for method, ability, path, given in tried(app, ids):
        role = next(r for r in Role if ability is None or r in ALLOWED[ability])
        client = clients[role] = clients.get(role) or as_role(role)
        answer = request(client, method, path, given)
        count += 1
        if answer.status_code >= 500 and not is_away(answer):
            wrong.append((method, path, {k: v[:20] for k, v in given.items()}, answer.status_code))
    assert wrong == [], "\n".join(map(str, wrong))
    assert count > 500
