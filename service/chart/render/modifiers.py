"""Modifier extensions: a reader who does not know one may not take the rest at its word."""

import re
from collections.abc import Mapping
from typing import Any

from service.chart.render import words

_NEGATIONS = ("not", "isnot", "absent", "refuted", "isnegated")


def negates(name: str) -> bool:
    """Is this the name of a modifier that denies what it stands on?"""
    return name in _NEGATIONS or "negat" in name


def modifiers(element: Mapping[str, Any]) -> list[tuple[str, bool]]:
    """The name of each modifier extension that holds, and whether it denies.

    One that denies with the value false changes nothing and is left out.
    """
    found = []
    for extension in words.each(element.get("modifierExtension")):
        tail = words.text(extension.get("url")).rstrip("/").rpartition("/")[2]
        name = re.sub(r"[\W_]+", "", tail.lower()) or "not named"
        if not (negates(name) and extension.get("valueBoolean") is False):
            found.append((name, negates(name)))
    return found


def modifier(element: Mapping[str, Any]) -> str:
    """What stands before the words of a modified element: "Negated: ", else a warning."""
    found = modifiers(element)
    if not found:
        return ""
    if all(is_denial for _, is_denial in found) and len(found) == 1:
        return "Refuted (marked as negated): "
    unknown = ", ".join(name for name, is_denial in found if not is_denial) or "several negations"
    return f"Not to be taken as it stands (modified by: {unknown}): "
