"""Who somebody is to the patient, as a word."""

import tomllib
from functools import cache
from importlib.resources import files

from service.chart.render import words


@cache
def _relations() -> dict[str, str]:
    text = files("service.chart.render").joinpath("data", "relations.toml").read_text("utf-8")
    return tomllib.loads(text)


def relation(value: object) -> str:
    """A relationship as words, also where it is only a code: "mother" of MTH."""
    said = words.concept(value)
    return _relations().get(said, said)
