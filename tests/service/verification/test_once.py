"""What is made once is made once, waited for, and let go in time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from service.verification.once import Once


def test_a_value_is_made_once_whoever_asks_meanwhile():
    made, may_go, kept = [], Event(), Once(10)

    def make():
        may_go.wait(5)
        made.append("chart")
        return made

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(kept.get, "key", make) for _ in range(4)]
        may_go.set()
        assert all(each.result() is made for each in asked)
    assert made == ["chart"]


def test_what_fails_is_tried_again():
    kept = Once(10)
    with pytest.raises(ZeroDivisionError):
        kept.get("key", lambda: 1 // 0)
    assert kept.get("key", lambda: "made") == "made"


def test_the_least_lately_used_is_let_go_first():
    kept = Once(2)
    for key in ("a", "b", "a", "c"):
        kept.get(key, lambda key=key: key)
    assert kept.get("a", lambda: "anew") == "a"
    assert kept.get("b", lambda: "anew") == "anew"


def test_what_weighs_more_than_all_is_kept_alone():
    kept = Once(3, len)
    kept.get("small", lambda: "ab")
    kept.get("large", lambda: "abcdef")
    assert kept.get("large", lambda: "anew") == "abcdef"
    assert kept.get("small", lambda: "anew") == "anew"


def test_what_nobody_asks_for_is_let_go_when_another_is_asked_for():
    at = [0.0]
    kept = Once(10, keep_s=60, clock=lambda: at[0])
    kept.get("old", lambda: "old")
    at[0] = 61
    kept.get("new", lambda: "new")
    assert kept.get("old", lambda: "anew") == "anew"
