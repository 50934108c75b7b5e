"""The part of `check_text`'s answer that is about what is absent."""

from typing import Any

from service.verification.models import Omission
from service.verification.omission.check import Checked


def left_out(checked: Checked) -> list[dict[str, Any]]:
    """The omissions as the contract prints them."""
    return [_printed(each) for each in checked.omissions]


def _printed(omission: Omission) -> dict[str, Any]:
    """Without our row ids, which mean nothing outside the database."""
    value = omission.to_json()
    for span in value["evidence"]:
        del span["record_id"]
    return value
