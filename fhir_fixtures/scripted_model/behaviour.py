"""A model's name says how it behaves: `scripted`, `scripted:wrong-dose`, `scripted:busy:2`."""

from dataclasses import dataclass

from fhir_fixtures.scripted_model.mistakes import MISTAKES

NAME = "scripted"
FAITHFUL, OBEDIENT, MIXED = "faithful", "obedient", "mixed"
RETELLING, MISTELLING = "retelling", "mistelling"  # facts in its own words; with an error in each

# What is wrong with the form of an answer, whatever it says.
FORMS = (
    "malformed",
    "truncated",
    "cut-off",
    "empty",
    "silent",
    "refusal",
    "fenced",
    "prose",
    "thinking",
    "only-thinking",
    "endless",
    "tools-ignored",
    "no-tools",
    "no-json-mode",
)
# What is wrong before there is an answer.
WIRE = ("busy", "failing", "locked", "hang", "drip", "slow", "broken-schema")
KINDS = (FAITHFUL, OBEDIENT, MIXED, RETELLING, MISTELLING, *MISTAKES, *FORMS, *WIRE)


class NoSuchModel(Exception):
    """A name that is not in KINDS."""


@dataclass(frozen=True)
class Behaviour:
    """How to answer. `number` seeds what is false; of a form or wire fault it says how often
    (0: always)."""

    kind: str = FAITHFUL
    number: int = 0

    @property
    def is_fault(self) -> bool:
        return self.kind in (*FORMS, *WIRE)


def behaviour(model: str) -> Behaviour:
    """What the name of a model asks for. Raises NoSuchModel."""
    name, _, rest = model.partition(":")
    kind, _, number = rest.partition(":")
    kind = kind or FAITHFUL
    if name != NAME or kind not in KINDS or not (number or "0").isdecimal():
        raise NoSuchModel(f"There is no model {model[:80]}. KIND is one of {', '.join(KINDS)}.")
    return Behaviour(kind, int(number or 0))
