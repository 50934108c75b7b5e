"""The lists of this package, each read once."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


@cache
def load(name: str) -> dict[str, Any]:
    """One of our lists as a table; its head says whose it is."""
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))
