"""The Prefer header: how strict to be, and what to send back."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Prefer:
    """`lenient` keeps resources without validating them: for loading whole charts, where each
    costs 1 ms. `strict` refuses unknown search parameters and unresolved conditional references.
    """

    lenient: bool = False
    strict: bool = False
    returned: str = ""  # "minimal", "representation" or what the server does by itself

    @classmethod
    def read(cls, header: str) -> "Prefer":
        wishes = dict(re.findall(r"([\w-]+)\s*=\s*\"?([\w-]+)", header))
        handling = wishes.get("handling")
        return cls(handling == "lenient", handling == "strict", wishes.get("return", ""))
