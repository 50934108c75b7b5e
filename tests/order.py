"""Which tests stay together where processes share a run, and which of them come first.

Files that start whole services wait for them longest. Left to the end, as what has few tests is
otherwise, one of them would keep one process busy long after the others are done.
"""

from collections import Counter
from typing import Any

import pytest

BROWSER = "tests/browser/"  # they share one service and one browser, however many files they are


def scope_of(nodeid: str) -> str:
    """What no two processes share: a file, or all that has the browser."""
    return BROWSER if nodeid.startswith(BROWSER) else nodeid.partition("::")[0]


def in_order(items: list[pytest.Item]) -> list[pytest.Item]:
    """The browser, whole services, foreign servers, then the rest, long files first."""
    sizes = Counter(scope_of(item.nodeid) for item in items)
    slow = {scope_of(item.nodeid) for item in items if item.get_closest_marker("processes")}

    def place(item: pytest.Item) -> tuple[bool, bool, bool, int, str]:
        scope = scope_of(item.nodeid)
        is_of_a_peer = scope.startswith("tests/peers/")
        return scope != BROWSER, scope not in slow, not is_of_a_peer, -sizes[scope], scope

    return sorted(items, key=place)


def scheduler(config: pytest.Config, log: Any) -> Any:
    """As `--dist loadfile`, by these scopes, in the order of the tests."""
    from xdist.scheduler import LoadFileScheduling

    class ByScope(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return scope_of(nodeid)

    config.option.loadscopereorder = False
    return ByScope(config, log)
