"""Whole numbers that others have written: as many digits as a column holds, and no more."""

MOST_DIGITS = 18  # what a bigint surely holds; of 4,300 Python makes no number at all


def whole_number(said: object) -> int | None:
    """The number that these digits say; None of anything else, and of what no column holds."""
    text = str(said)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else None
