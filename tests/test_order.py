"""Where processes share a run, what starts whole services comes first, and files stay whole."""

from dataclasses import dataclass
from itertools import groupby

from tests.order import BROWSER, in_order, scope_of


@dataclass(frozen=True)
class Item:
    nodeid: str
    mark: str = ""

    def get_closest_marker(self, name: str) -> bool:
        return name == self.mark


def test_the_browser_comes_first_then_services_then_peers_then_long_files():
    long = [Item(f"tests/service/test_long.py::test_{n}") for n in range(5)]
    given = [
        Item("tests/service/test_short.py::test_a"),
        *long,
        Item("tests/peers/test_writing.py::test_a"),
        Item("tests/workers/test_crashes.py::test_plain"),
        Item("tests/workers/test_crashes.py::test_killed", mark="processes"),
        Item("tests/browser/test_pages.py::test_a"),
    ]
    scopes = [scope for scope, _ in groupby(scope_of(each.nodeid) for each in in_order(given))]
    assert scopes == [
        BROWSER,
        "tests/workers/test_crashes.py",
        "tests/peers/test_writing.py",
        "tests/service/test_long.py",
        "tests/service/test_short.py",
    ]
    assert [each for each in in_order(given) if each in long] == long


def test_files_of_the_browser_are_one_and_others_each_one():
    pages, desk = (
        f"tests/browser/test_{name}.py::test_a[tests/x.py]" for name in ("pages", "desk")
    )
    assert scope_of(pages) == scope_of(desk) == BROWSER
    assert scope_of("tests/test_story.py::test_a[x::y]") == "tests/test_story.py"


def test_no_file_of_this_run_is_torn_apart(request):
    scopes = [
        scope for scope, _ in groupby(scope_of(each.nodeid) for each in request.session.items)
    ]
    assert len(scopes) == len(set(scopes))
