"""What a provider publishes is read once for many, and one that is away is not asked by each."""

import threading

import pytest

from service.signin import kept
from service.signin.errors import ProviderSilent
from service.signin.kept import Kept


def test_it_is_read_once_while_it_is_fresh():
    reads = []
    held = Kept(lambda: reads.append(1) or len(reads))
    assert [held.get(60.0), held.get(60.0)] == [1, 1]
    assert held.get(-1.0) == 2


def test_many_at_once_wait_for_one_reading():
    reads, begin = [], threading.Event()

    def read():
        begin.wait(5)
        reads.append(1)
        return len(reads)

    held = Kept(read)
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(held.get(60.0))) for _ in range(8)]
    for thread in threads:
        thread.start()
    begin.set()
    for thread in threads:
        thread.join()
    assert answers == [1] * 8


def test_one_that_is_away_is_asked_by_the_first_only_and_again_later(monkeypatch):
    asked = []

    def read():
        asked.append(1)
        raise ProviderSilent("It does not answer.")

    held = Kept(read)
    for _ in range(3):
        with pytest.raises(ProviderSilent, match="does not answer"):
            held.get(60.0)
    assert len(asked) == 1
    monkeypatch.setattr(kept, "PAUSE_S", 0.0)
    with pytest.raises(ProviderSilent):
        held.get(60.0)
    assert len(asked) == 2
