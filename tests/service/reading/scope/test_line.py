import time

import pytest

from service.reading.scope.said import read_phrase
from service.reading.scope.sense import Frame


@pytest.mark.parametrize(
    "pair", ["a ", "no ", "no,", '"', "((", "if ", "; ", "was by ", "her son "]
)
def test_a_hostile_phrase_is_read_in_time(pair: str) -> None:
    start = time.process_time()
    read_phrase((pair * 2_000)[:2_000], Frame(), "")
    assert time.process_time() - start < 8  # 0.2 s on an idle core; quadratic takes minutes
