"""What a person typed, as one line that reads the way it is stored."""

import unicodedata

from service.errors import BadInput

MAX_STATEMENT = 2_000  # characters; a statement is one checkable sentence, not a note

# Characters of format reorder what is shown, or show nothing at all (Unicode category Cf);
# some scripts cannot be written without these two, the joiner and the non-joiner.
NEEDED = frozenset("\u200c\u200d")


def one_line(text: str) -> str:
    """The text as one line of plain characters: what is signed must read as it is stored.

    Raises BadInput when nothing, or too much, is left.
    """
    plain = "".join(c if _is_plain(c) else " " for c in unicodedata.normalize("NFC", text))
    line = " ".join(plain.split())
    if not line:
        raise BadInput("The statement is blank. Write a sentence, or remove it.")
    if len(line) > MAX_STATEMENT:
        raise BadInput(f"A statement has at most {MAX_STATEMENT} characters. Write it shorter.")
    return line


def _is_plain(character: str) -> bool:
    return character in NEEDED or unicodedata.category(character) not in ("Cc", "Cf", "Cs")
