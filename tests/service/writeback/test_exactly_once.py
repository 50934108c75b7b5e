"""Whatever goes wrong on the way, each signed text is in the EHR exactly once, or a person sees
where it waits. `FAULTY_FILINGS=1000` makes more of them; the seed of each is its number."""

import os
from collections import Counter
from datetime import timedelta
from random import Random

import httpx
import pytest
from sqlalchemy import update

from service.database import transaction
from service.errors import CountersignError
from service.fhir.profile import SiteProfile
from service.summary import progress
from service.summary.vocabulary import SummaryStatus as S
from service.writeback.documents import FILING_SYSTEM, filing_value
from service.writeback.filing import MAY_COME, file_summary, reconcile_filing
from service.writeback.models import Send
from tests.service.writeback import ehr
from tests.service.writeback.builders import a_signed_summary

FILINGS = int(os.environ.get("FAULTY_FILINGS", "200"))
LAG_S = 3600
ROUNDS = 12
VERBS = {S.SIGNED: file_summary, S.FILING_UNKNOWN: reconcile_filing}
# Nothing is promised of conditional creates, and Provenance and Device have tests of their own.
WRITING = {"index_lag_s": LAG_S, "provenance": False, "device": False}


class Troubled:
    """An EHR whose search lags behind, which ignores If-None-Exist, and fails as the seed says."""

    def __init__(self, wire, seed):
        self.wire, self.random = wire, Random(seed)
        self.fresh, self.late = set(), []
        self.is_well = False
        wire.faults = {
            "POST /DocumentReference": self.create,
            "GET /DocumentReference": self.find,
            "PUT /DocumentReference": self.change,
        }

    def time_passes(self):
        """The index catches up; a request that was under way arrives, so late that it shows only
        when the index has caught up once more."""
        self.fresh.clear()
        for request in self.late:
            self.store(request)
        self.late.clear()

    def store(self, request):
        request.headers.pop("if-none-exist", None)
        answer = self.wire.carry(request)
        self.fresh.add(answer.json()["id"])
        return answer

    def create(self, request, _):
        fate = "well" if self.is_well else self.random.choice(FATES)
        if fate in ("lost after", "crash", 500, 502, 503):
            self.store(request)
        if fate == "late":
            self.late.append(request)
        if fate == "crash":
            raise ehr.Crash
        if fate in ("lost after", "lost before", "late"):
            raise httpx.ReadTimeout("no answer", request=request)
        if fate == "well":
            return self.store(request)
        return httpx.Response(int(str(fate).removeprefix("before ")))

    def find(self, request, carry):
        if not self.is_well and self.random.random() < 0.2:
            return httpx.Response(self.random.choice([500, 503, 504]))
        answer = carry()
        if request.url.path.count("/") > 1 or answer.status_code != 200:
            return answer
        bundle = answer.json()
        seen = [e for e in bundle.get("entry", []) if e["resource"]["id"] not in self.fresh]
        del bundle["total"]  # it counts what is hidden too
        return httpx.Response(200, json=bundle | {"entry": seen})

    def change(self, request, carry):
        if self.is_well or self.random.random() < 0.7:
            return carry()
        return self.random.choice([ehr.lost_answer, ehr.lost_request, ehr.busy])(request, carry)


FATES = [
    *("well", "lost after", "lost before", "late", "crash", 500, 502, 503),
    *("before 503", "before 500", 429, 401, 422),
]


@pytest.fixture
def work(sessions, client):
    """Do what a summary owes, as a worker does; answers its status."""
    client.profile = SiteProfile.model_validate({"writing": WRITING})

    def act(summary_id):
        with sessions() as session:
            status = progress.find_summary(session, summary_id).status
        try:
            if verb := VERBS.get(status):
                with transaction(sessions) as session:
                    verb(session, summary_id, client=client)
        except (CountersignError, ehr.Crash):
            pass  # it stays owed, and the sweep rings again
        with sessions() as session:
            return progress.find_summary(session, summary_id).status

    return act


def an_hour_later(sessions, troubled):
    troubled.time_passes()
    with transaction(sessions) as session:
        session.execute(update(Send).values(sent_at=Send.sent_at - timedelta(seconds=LAG_S)))


def token_of(sessions, summary_id):
    with sessions() as session:
        digest = progress.find_summary(session, summary_id).current.digest
    return f"{FILING_SYSTEM}|{filing_value(summary_id, digest)}"


def reason_of(sessions, summary_id):
    with sessions() as session:
        return progress.find_summary(session, summary_id).status_reason


def test_each_signed_text_is_in_the_ehr_once_or_waits_where_it_is_seen(
    sessions, client, wire, work
):
    ended = Counter()
    for seed in range(FILINGS):
        with transaction(sessions) as session:
            summary_id = a_signed_summary(session).id
        troubled = Troubled(wire, seed)
        for round_ in range(ROUNDS):
            work(summary_id)
            troubled.is_well = round_ > ROUNDS // 2
            if troubled.random.random() < 0.5 or troubled.is_well:
                an_hour_later(sessions, troubled)
        status = work(summary_id)
        wanted = {"identifier": token_of(sessions, summary_id)}
        mine = list(client.search("DocumentReference", wanted))
        current = [d for d in mine if d["status"] == "current"]
        told = current if MAY_COME in reason_of(sessions, summary_id) else []
        expected = 1 if status is S.FILED else len(told)
        assert len(current) == expected, f"seed {seed}: {status}, {len(current)}"
        assert status in (S.FILED, S.FILING_REFUSED), f"seed {seed} waits for ever as {status}"
        ended[status, len(mine)] += 1
    assert any(copies > 1 for _, copies in ended), "no twin ever came: the test tries nothing"
    assert sum(n for (status, _), n in ended.items() if status is S.FILED) > FILINGS // 2
