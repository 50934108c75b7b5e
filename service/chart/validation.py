"""Does a resource keep to FHIR R4? Says where it does not, and never repeats a value."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from fhir.resources.R4B import get_fhir_model_class
from pydantic import BaseModel, ValidationError

MAX_PROBLEMS = 5
_NAME = re.compile(r"_?[A-Za-z][A-Za-z0-9_]{0,63}")
_WORDS = {
    "missing": "is required",
    "extra_forbidden": "is no element of FHIR R4",
    "list_type": "must be a list",
    "string_type": "must be text",
}


def problems(resource: Mapping[str, Any]) -> list[str]:
    """One phrase a problem, as "Observation.status is required"; empty when it is valid."""
    resource_type = str(resource.get("resourceType"))
    model = _model(resource_type)
    if model is None:
        return [f"{resource_type} is no FHIR R4 resource type"]
    try:
        model.model_validate(resource)
    except ValidationError as error:
        return _phrases(resource_type, error)
    except (RecursionError, ArithmeticError, TypeError, ValueError, AttributeError) as error:
        # A handful of validators of the library fail on what they did not expect.
        return [f"{resource_type} could not be checked ({type(error).__name__})"]
    return []


@cache
def _model(resource_type: str) -> type[BaseModel] | None:
    try:
        model: type[BaseModel] = get_fhir_model_class(resource_type)
    except (KeyError, LookupError, ValueError):
        return None
    return model


def _phrases(resource_type: str, error: ValidationError) -> list[str]:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    phrases = dict.fromkeys(
        f"{_path(resource_type, e['loc'])} {_WORDS.get(e['type'], 'has a value R4 does not allow')}"
        for e in found
    )
    kept = list(phrases)[:MAX_PROBLEMS]
    more = len(phrases) - len(kept)
    return [*kept, f"and {more} more"] if more else kept


def _path(resource_type: str, loc: tuple[int | str, ...]) -> str:
    """Element names only: a key that is no plausible name could be chart text."""
    path = resource_type
    for part in loc:
        if isinstance(part, int):
            path += f"[{part}]"
        elif _NAME.fullmatch(part):
            path += f".{part}"
        else:
            path += ".(an element)"
    return path
