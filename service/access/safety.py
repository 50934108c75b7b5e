"""Which records a general denial does not hide from who treats the patient."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from service.chart.models import SourceRecord


@dataclass(frozen=True)
class Safety:
    """The list of `safety.toml`."""

    types: frozenset[str]
    directive_types: frozenset[str]
    directives: re.Pattern[str]

    def has(self, record: SourceRecord) -> bool:
        if record.resource_type in self.types:
            return True
        said = f"{record.title or ''}\n{record.headline or ''}"
        return record.resource_type in self.directive_types and bool(self.directives.search(said))


@cache
def safety_in_force() -> Safety:
    told = tomllib.loads(files("service.access").joinpath("safety.toml").read_text("utf-8"))
    return Safety(
        frozenset(told["types"]),
        frozenset(told["directive_types"]),
        re.compile(told["directives"], re.IGNORECASE),
    )
