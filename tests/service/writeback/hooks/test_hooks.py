"""Receivers are told what became of a summary: ids only, signed, in order, again until taken."""

import json
import socket
import threading
import time
from contextlib import suppress
from datetime import timedelta

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, update

from service import webhook
from service.access.glass import break_glass
from service.database import now, transaction
from service.errors import WrongSetting
from service.settings import load_settings
from service.summary import progress
from service.summary.people import DEMO_PEOPLE
from service.summary.vocabulary import SummaryStatus as S
from service.webhook import HookSettings
from service.writeback.hooks import send
from service.writeback.hooks.look import said
from service.writeback.hooks.models import HookMessage
from service.writeback.hooks.send import GIVE_UP_AFTER, send_hooks
from tests.service.writeback.builders import a_signed_summary, amended

SECRET = "a-secret-of-the-worklist-engine"
CLINICIAN, AN_HOUR = DEMO_PEOPLE["clinician"], timedelta(hours=1)


def a_hook(name="worklist", **given):
    return HookSettings(name=name, url=f"https://{name}.test/in", secret=SecretStr(SECRET), **given)


class Receivers(httpx.BaseTransport):
    """Takes messages, or answers as `answers` (by host) says, one answer a call."""

    def __init__(self):
        self.taken, self.asked, self.answers = [], [], {}

    def handle_request(self, request):
        host, body = request.url.host.removesuffix(".test"), request.read()
        self.asked.append((host, dict(request.headers), body))
        planned = self.answers.get(host)
        answer = planned.pop(0) if planned else 204
        if isinstance(answer, Exception):
            raise answer
        if answer < 300:
            self.taken.append((host, json.loads(body)))
        return httpx.Response(answer)

    def told(self, host="worklist"):
        return [(b["data"]["summary"], b["type"]) for h, b in self.taken if h == host]


@pytest.fixture
def receivers():
    return Receivers()


@pytest.fixture
def sweep(sessions, receivers):
    """One run of the worker's sweep; later, when all pauses are over."""

    def run(*hooks, later=True):
        if later:
            with transaction(sessions) as session:
                session.execute(update(HookMessage).values(next_at=now()))
        send_hooks(lambda: transaction(sessions), hooks or (a_hook(),), transport=receivers)

    run()  # a receiver is told from its first sweep on
    return run


def a_summary(sessions, *more):
    with transaction(sessions) as session:
        summary = a_signed_summary(session)
        for status in more:
            progress.advance(session, summary, status, actor="system")
        return summary.id


def owed(sessions):
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(HookMessage))


def test_what_became_of_a_summary_is_told_in_order(sessions, sweep, receivers):
    one = a_summary(sessions, S.FILING_REFUSED, S.SIGNED, S.FILED)
    sweep()
    assert receivers.told() == [
        (one, f"summary.{each}") for each in ("ready", "signed", "refused", "signed", "filed")
    ]
    sequences = [body["data"]["sequence"] for _, body in receivers.taken]
    assert sequences == sorted(set(sequences))
    sweep()
    assert (len(receivers.taken), owed(sessions)) == (5, 0)


def test_who_was_told_of_a_document_is_told_that_it_was_withdrawn(sessions, sweep, receivers):
    one = a_summary(sessions, S.FILED, S.RETRACTING, S.RETRACTED)
    sweep()
    assert receivers.told()[-2:] == [(one, "summary.filed"), (one, "summary.retracted")]


def test_who_asks_for_it_is_told_of_broken_glass_by_its_id(sessions, sweep, receivers):
    asks = a_hook("security", events=("glass.broken",))
    sweep(asks, a_hook())
    with transaction(sessions) as session:
        broken = break_glass(session, "Patient/p1", "called", "", by=CLINICIAN, lasts=AN_HOUR)
    sweep(asks, a_hook())
    (told,) = receivers.taken
    assert (told[0], told[1]["type"]) == ("security", "glass.broken")
    assert (told[1]["data"]["glass"], set(told[1]["data"])) == (broken.id, {"glass", "sequence"})
    assert owed(sessions) == 0


def test_only_ids_are_sent_and_they_are_signed(sessions, sweep, receivers):
    a_summary(sessions)
    sweep()
    for _, headers, body in receivers.asked:
        assert webhook.proven_id([SECRET], headers, body, at=time.time())
        assert set(json.loads(body)["data"]) == {"summary", "sequence"}
        assert b"Patient" not in body and b"PHQ" not in body and b"p1" not in body


def test_an_amendment_is_not_ready_a_second_time(sessions, sweep, receivers):
    one = a_summary(sessions, S.FILED)
    with transaction(sessions) as session:
        amended(session, progress.find_summary(session, one), "PHQ-9 total score 13")
    sweep()
    events = [event for _, event in receivers.told()]
    assert events == ["summary.ready", "summary.signed", "summary.filed", "summary.signed"]


def test_each_receiver_is_told_what_it_asked_for(sessions, sweep, receivers):
    hooks = (a_hook(), a_hook("archive", events=["summary.filed"]))
    sweep(*hooks)
    one = a_summary(sessions, S.FILED)
    sweep(*hooks)
    assert len(receivers.told()) == 3
    assert receivers.told("archive") == [(one, "summary.filed")]


def test_a_receiver_that_is_new_is_told_from_then_on(sessions, sweep, receivers):
    a_summary(sessions)
    sweep(a_hook("archive"))
    assert receivers.told("archive") == []
    two = a_summary(sessions)
    sweep(a_hook("archive"))
    assert receivers.told("archive")[0][0] == two


REFUSALS = [500, 503, 429, 400, 302, 410, httpx.ReadTimeout("slow"), httpx.ConnectError("away")]


@pytest.mark.parametrize("refusal", REFUSALS, ids=str)
def test_what_is_not_taken_comes_again_under_the_same_id(sessions, sweep, receivers, refusal):
    one = a_summary(sessions)
    receivers.answers["worklist"] = [refusal]
    sweep()
    assert receivers.told() == []  # the second of the same summary waits for the first
    sweep(later=False)
    assert receivers.told() == []  # not at once
    sweep()
    assert receivers.told() == [(one, "summary.ready"), (one, "summary.signed")]
    first, again, *_ = [headers["webhook-id"] for _, headers, _ in receivers.asked]
    assert first == again


def test_a_summary_that_waits_keeps_no_other_waiting(sessions, sweep, receivers):
    one, two = a_summary(sessions), a_summary(sessions)
    receivers.answers["worklist"] = [500]
    sweep()
    assert {summary for summary, _ in receivers.told()} == {two}
    sweep()
    assert [event for summary, event in receivers.told() if summary == one] == [
        "summary.ready",
        "summary.signed",
    ]


def test_a_receiver_that_is_away_is_asked_once_a_run_and_keeps_no_other_waiting(
    sessions, sweep, receivers
):
    hooks = (a_hook(), a_hook("archive"))
    sweep(*hooks)
    for _ in range(3):
        a_summary(sessions)
    receivers.answers["worklist"] = [httpx.ConnectError("away")] * 9
    sweep(*hooks)
    assert [host for host, _, _ in receivers.asked].count("worklist") == 1
    assert len(receivers.told("archive")) == 6


def test_the_pauses_grow_and_in_the_end_it_is_given_up(sessions, sweep, receivers):
    a_summary(sessions)
    receivers.answers["worklist"] = [500] * 40
    pauses = []
    for _ in range(12):
        sweep()
        with sessions() as session:
            query = select(HookMessage).order_by(HookMessage.seq)
            pause = session.scalars(query).first().next_at - now()
            pauses.append(round(pause / timedelta(minutes=1)))
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (0, 60)
    with transaction(sessions) as session:
        session.execute(update(HookMessage).values(made_at=now() - 2 * GIVE_UP_AFTER))
    sweep()
    assert owed(sessions) == 0


def test_a_death_while_sending_sends_again_and_loses_nothing(sessions, sweep, receivers):
    one = a_summary(sessions)

    class Died(BaseException):
        pass

    receivers.answers["worklist"] = [204, Died()]
    receivers.handle_request, real = _dying(receivers, Died), receivers.handle_request
    with pytest.raises(Died):
        sweep()
    receivers.handle_request = real
    receivers.answers.clear()
    sweep()
    assert receivers.told() == [(one, "summary.ready"), (one, "summary.signed")]


def _dying(receivers, died):
    real, calls = receivers.handle_request, []

    def handle(request):
        calls.append(1)
        if len(calls) == 2:
            raise died
        receivers.answers.clear()
        return real(request)

    return handle


def test_what_a_receiver_has_no_more_is_not_owed(sessions, sweep, receivers):
    a_summary(sessions)
    receivers.answers["worklist"] = [500] * 9
    sweep()
    assert owed(sessions) > 0
    sweep(a_hook("archive"))
    assert owed(sessions) == 0


def test_doctor_says_who_is_told_what_and_sends_nothing(sessions, sweep, receivers):
    a_summary(sessions)
    receivers.answers["worklist"] = [500]
    sweep()
    asked = len(receivers.asked)
    with sessions() as session:
        told = said(session, (a_hook(), a_hook("archive", events=["summary.filed"])))
        assert said(session, ()) == "nobody is told anything"
    assert "worklist: ready, signed, filed, refused, retracted, 2 wait since" in told
    assert "(500)" in told and "archive: filed" in told
    assert len(receivers.asked) == asked


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "http://engine.test/in"},
        {"secret": "short"},
        {"events": ["summary.drafted"]},
        {"events": []},
        {"name": "The Engine"},
        {"patient": "yes"},
    ],
)
def test_a_receiver_that_cannot_be_is_refused_in_words(monkeypatch, wrong):
    right = {"name": "engine", "url": "https://engine.test/in", "secret": SECRET}
    monkeypatch.setenv("COUNTERSIGN_WEBHOOKS", json.dumps([right]))
    assert load_settings().webhooks[0].name == "engine"
    assert SECRET not in str(load_settings().printable())
    monkeypatch.setenv("COUNTERSIGN_WEBHOOKS", json.dumps([right | wrong]))
    with pytest.raises(WrongSetting, match="COUNTERSIGN_WEBHOOKS"):
        load_settings()
    monkeypatch.setenv("COUNTERSIGN_WEBHOOKS", json.dumps([right, right]))
    with pytest.raises(WrongSetting, match="same name"):
        load_settings()


@pytest.fixture
def dripping():
    """The address of a receiver whose answer's head comes a byte at a time, for ever."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_drip, args=(server,), daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/in"


def _drip(server):
    with suppress(OSError):
        while True:
            one, _ = server.accept()
            with suppress(OSError), one:
                one.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                while True:
                    one.sendall(b"x")
                    time.sleep(0.05)


def test_a_receiver_whose_answer_drips_is_left_for_the_next(sessions, dripping, monkeypatch):
    monkeypatch.setattr(send, "WHOLE_S", 0.5)
    slow = HookSettings(name="a-slow-one", url=dripping, secret=SecretStr(SECRET))
    send_hooks(lambda: transaction(sessions), [slow])
    a_summary(sessions)
    began = time.monotonic()
    send_hooks(lambda: transaction(sessions), [slow])
    assert time.monotonic() - began < 10
    with transaction(sessions) as session:
        assert "no answer" in set(session.scalars(select(HookMessage.said)))
