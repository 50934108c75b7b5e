"""Paged lists over REST: `limit`, and an opaque `cursor` to where the next page begins."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

from service.errors import BadInput
from service.review.paging import MAX_PAGE, Place

Row = TypeVar("Row")

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="Rows a page.")]
Cursor = Annotated[
    str | None, Query(max_length=200, description="`next` of the page before; opaque.")
]


class PageOf(BaseModel, Generic[Row]):
    """One page. `next` is the cursor of the following page, null on the last."""

    rows: list[Row] = Field(description="In the order of the list.")
    next: str | None = Field(description="Send it as `cursor` for the next page.")


def cursor_of(place: Place | None) -> str | None:
    if place is None:
        return None
    return urlsafe_b64encode(f"{place.at.isoformat()}|{place.id}".encode()).decode().rstrip("=")


def place_of(cursor: str | None) -> Place | None:
    """Where the page begins. Raises BadInput for a cursor that was not given out here."""
    if not cursor:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        at, _, row_id = urlsafe_b64decode(padded.encode()).decode().partition("|")
        place = Place(datetime.fromisoformat(at), row_id)
    except (ValueError, binascii.Error):
        raise BadInput("This cursor was not given out here. Begin with the first page.") from None
    if place.at.tzinfo is None or "\x00" in place.id:
        raise BadInput("This cursor was not given out here. Begin with the first page.")
    return place
