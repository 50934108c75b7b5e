"""What no typed comparison decides: does a text bear a statement? Three ways to ask, one answer."""

from pathlib import Path

SMALL = Path(__file__).parent / "small"  # the scorer that is shipped
