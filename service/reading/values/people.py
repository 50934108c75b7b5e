"""Who is meant by name: "Dr. Weiss", "Mrs Okafor"."""

import re

from service.reading.assertions import Value
from service.reading.values.scan import Scan

_CAPITAL = r"[A-Z][a-zà-ÿ]+(?:['’-][A-Z][a-zà-ÿ]+)?"
_NAME = re.compile(rf"\b(?:Dr|Mr|Mrs|Ms|Prof)\b\.? ?({_CAPITAL}(?: {_CAPITAL})?)")


def take_names(scan: Scan) -> None:
    """By the last name, which is what a retelling keeps."""
    for match in _NAME.finditer(scan.text):
        last = match[1].split(" ")[-1].casefold()
        scan.found.append(Value("name", last, match[0], start=match.start(), end=match.end()))
