"""Which text a caller was looking at: its digest in the body, or its ETag in If-Match."""

from typing import Annotated

from fastapi import Header

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=140,
        description="The ETag of the text that was looked at; another one is a 409.",
    ),
]


def looked_at(digest: str | None, if_match: str | None) -> str | None:
    """The digest of that text; None where nothing is said, and where it may be any (`*`)."""
    if digest or if_match in (None, "*"):
        return digest or None
    return str(if_match).removeprefix("W/").strip('"')
