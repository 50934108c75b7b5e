"""What a renderer makes of a resource, and how that becomes the record's text."""

from dataclasses import dataclass, field
from typing import Any

# NUL cannot be stored, halves of surrogate pairs cannot be encoded.
_UNSTORABLE = {0: None} | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


@dataclass
class Rendering:
    """The plain text of one resource, in parts.

    `headline` is one line that can stand alone as a statement; `lines` are (label, value) pairs
    below it, empty values left out; `body` is a note's own text, exactly as decoded.
    """

    title: str
    headline: str
    lines: list[tuple[str, str]] = field(default_factory=list)
    body: str | None = None
    is_note: bool = False
    code: str = ""
    category: str = ""
    status: str = ""
    effective: str = ""
    encounter: str | None = None
    author: str = ""
    author_role: str = ""
    gaps: list[dict[str, Any]] = field(default_factory=list)

    def text(self) -> str:
        """Headline, then "Label: value" lines; for a note headline, blank line, body."""
        parts = [one_line(self.headline)]
        parts += [f"{label}: {one_line(value)}" for label, value in self.lines if value]
        if self.is_note:
            return storable("\n".join(parts) + f"\n\n{self.body or ''}").rstrip() + "\n"
        return storable("\n".join(parts) + "\n")


def one_line(text: str) -> str:
    """The text on one line, runs of white space as one space."""
    return " ".join(text.split())


def storable(text: str) -> str:
    """The text without what PostgreSQL or UTF-8 cannot hold; newlines as \\n."""
    if text.isascii() and "\r" not in text and "\x00" not in text:
        return text  # nearly every code, id and headline
    clean = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        clean.encode()
    except UnicodeEncodeError:
        return clean.translate(_UNSTORABLE)
    return clean.replace("\x00", "")
