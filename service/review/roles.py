"""The table of roles and acts, as README prints it."""

from service.review.permissions import ALLOWED, Ability
from service.summary.vocabulary import Role


def table() -> str:
    """One row an act, one column a role, in Markdown."""
    roles = list(Role)
    head = ["| act | " + " | ".join(roles) + " |", "|---|" + "---|" * len(roles)]
    return "\n".join(head + [_row(ability, roles) for ability in Ability])


def _row(ability: Ability, roles: list[Role]) -> str:
    marks = ["yes" if role in ALLOWED[ability] else "-" for role in roles]
    return f"| {ability} | " + " | ".join(marks) + " |"
