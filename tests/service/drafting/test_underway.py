"""A draft under way tells how far it is and learns that it is not wanted; Redis may be away."""

import json
import time
from dataclasses import asdict, replace
from zoneinfo import ZoneInfo

import pytest
import redis
from itsdangerous import URLSafeTimedSerializer

from service.database import new_id
from service.drafting.progress import DraftCancelled, Progress
from service.drafting.underway import LOOK_EVERY_S, UnderWay, now_and_then
from service.errors import Unavailable
from service.summary.people import DEMO_PEOPLE, Reach

KEY = b"k" * 32
RUN = 7
CLINICIAN = DEMO_PEOPLE["clinician"]


@pytest.fixture
def under_way(settings):
    opened = UnderWay(settings.redis_url.get_secret_value(), KEY)
    yield opened
    opened.close()


def test_the_last_step_told_is_the_one_that_is_read(under_way):
    summary_id = new_id()
    assert under_way.progress(summary_id) is None
    watch = under_way.watch(summary_id, RUN)
    watch.reading(412)
    watch.writing(3, 6)
    assert under_way.progress(summary_id) == Progress("writing", 3, 6, "Section 3 of 6 written")
    assert under_way.progress(new_id()) is None


def test_a_draft_that_somebody_stopped_learns_it_at_its_next_step(under_way):
    summary_id = new_id()
    watch = under_way.watch(summary_id, RUN)
    watch.check()
    under_way.ask_to_stop(summary_id, RUN, CLINICIAN)
    with pytest.raises(DraftCancelled):  # the slower Redis answers, the later it looks again
        for _ in range(50):
            time.sleep(LOOK_EVERY_S)
            watch.writing(1, 6)
    assert under_way.stopped_by(summary_id, RUN) == CLINICIAN
    under_way.forget(summary_id)
    time.sleep(LOOK_EVERY_S)
    watch.check()


def test_so_may_somebody_whose_charts_hang_on_a_relation(under_way):
    reach = Reach("Patient/1", frozenset({"Location/ward-3"}), zone=ZoneInfo("Europe/London"))
    under_way.ask_to_stop(summary_id := new_id(), RUN, replace(CLINICIAN, reach=reach))
    assert under_way.stopped_by(summary_id, RUN) == CLINICIAN


def stop_in_a_name(of):
    return json.dumps(asdict(replace(CLINICIAN, abilities=None)) | {"of": of})


def of_another_key(of):
    return URLSafeTimedSerializer(b"x" * 32, salt="countersign.stop").dumps(
        [of, RUN, asdict(CLINICIAN)]
    )


@pytest.mark.parametrize("forged", [stop_in_a_name, of_another_key, lambda of: "{", lambda of: ""])
def test_who_can_write_to_redis_stops_nothing_in_anybodys_name(under_way, settings, forged):
    summary_id = new_id()
    with redis.Redis.from_url(settings.redis_url.get_secret_value()) as other:
        other.set(f"stop:{summary_id}", forged(summary_id))
        other.set(f"progress:{summary_id}", "{")
        assert under_way.stopped_by(summary_id, RUN) is None
        assert under_way.progress(summary_id) is None
        under_way.ask_to_stop(other_id := new_id(), RUN, CLINICIAN)
        other.copy(f"stop:{other_id}", f"stop:{summary_id}", replace=True)
        assert under_way.stopped_by(summary_id, RUN) is None, "it was asked of another draft"


def test_what_stopped_one_run_stops_no_later_one(under_way, settings):
    under_way.ask_to_stop(summary_id := new_id(), RUN, CLINICIAN)
    with redis.Redis.from_url(settings.redis_url.get_secret_value()) as other:
        kept = other.get(f"stop:{summary_id}")
        under_way.forget(summary_id)
        other.set(f"stop:{summary_id}", kept)
    assert under_way.stopped_by(summary_id, RUN + 1) is None
    assert under_way.stopped_by(summary_id, RUN) == CLINICIAN


def test_a_loop_may_ask_at_each_step_and_redis_is_asked_now_and_then():
    asked = []
    cancelled = now_and_then(lambda: bool(asked.append(1)))
    began = time.monotonic()
    while time.monotonic() - began < 2.5 * LOOK_EVERY_S:
        assert not cancelled()
    assert 2 <= len(asked) <= 4


def test_a_redis_that_hangs_is_asked_seldom():
    asked = []
    cancelled = now_and_then(lambda: bool(asked.append(time.sleep(LOOK_EVERY_S))))
    began = time.monotonic()
    while time.monotonic() - began < 10 * LOOK_EVERY_S:
        assert not cancelled()
    assert len(asked) == 1, "a draft must not spend its time waiting for an answer"


def test_without_redis_a_draft_goes_on_and_nobody_can_stop_it(tmp_path):
    away = UnderWay(f"unix://{tmp_path}/no.sock", KEY)
    away.watch("s", RUN).writing(1, 6)
    assert away.progress("s") is None
    with pytest.raises(Unavailable, match="Try again"):
        away.ask_to_stop("s", RUN, CLINICIAN)
    away.forget("s")
