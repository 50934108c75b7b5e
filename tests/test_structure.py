"""The house rules that a machine can hold."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.queue import TaskName
from service.settings import Settings
from service.summary.lifecycle import table

ROOT = Path(__file__).parents[1]
CODE = sorted([*(ROOT / "service").rglob("*.py"), *(ROOT / "workers").rglob("*.py")])
CHART_TEXT = {"text", "quote", "headline", "raw", "document", "resource", "body", "content"}


def calls(path: Path) -> Iterator[ast.Call]:
    tree = ast.parse(path.read_text("utf-8"))
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.Call))


@pytest.mark.parametrize("path", CODE, ids=lambda p: str(p.relative_to(ROOT)))
def test_nobody_commits_but_the_database_module(path):
    if path.name == "database.py":
        return
    methods = [c.func.attr for c in calls(path) if isinstance(c.func, ast.Attribute)]
    assert "commit" not in methods


@pytest.mark.parametrize("path", CODE, ids=lambda p: str(p.relative_to(ROOT)))
def test_log_calls_carry_ids_not_chart_text(path):
    for call in calls(path):
        func = call.func
        is_log = isinstance(func, ast.Attribute) and getattr(func.value, "id", "") == "log"
        if is_log:
            assert all(isinstance(arg, ast.Constant) for arg in call.args)
            assert not {keyword.arg for keyword in call.keywords} & CHART_TEXT


@pytest.mark.parametrize("path", CODE, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_file_is_past_400_lines(path):
    assert len(path.read_text("utf-8").splitlines()) <= 400


def test_every_task_name_is_registered(worker_app):
    assert {name.value for name in TaskName} <= set(worker_app.tasks)


def test_readme_prints_the_lifecycle_that_the_code_has():
    assert table() in (ROOT / "README.md").read_text("utf-8")


def test_the_lock_names_hashes_and_no_address():
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in lock and "--index-url" not in lock
    pinned = re.findall(r"^[a-z0-9][\w.\-\[\]]*==", lock, re.MULTILINE | re.IGNORECASE)
    assert len(pinned) > 50 and lock.count("--hash=sha256:") >= len(pinned)


def test_readme_names_every_setting():
    readme = (ROOT / "README.md").read_text("utf-8")
    missing = [name for name in Settings.model_fields if f"`{name.upper()}`" not in readme]
    assert missing == []


def test_readme_shows_every_picture_and_each_is_light():
    readme = (ROOT / "README.md").read_text("utf-8")
    pictures = sorted((ROOT / "docs").glob("*.png"))
    assert len(pictures) == 3
    for picture in pictures:
        assert f"(docs/{picture.name})" in readme
        assert picture.stat().st_size <= 200_000, picture.name
