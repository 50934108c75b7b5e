"""The lists of this folder, each read once."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

NAMES = ("abbreviations.toml", "drugs.toml", "synonyms.toml")


@cache
def terms(name: str) -> dict[str, Any]:
    """One of NAMES as a table; `version` and `reason` stand in each."""
    return tomllib.loads(files("service.terms").joinpath(name).read_text("utf-8"))
