"""RTF notes, as older EHRs and dictation systems send them; struck and hidden text is left out."""

import re
from collections.abc import Iterator

from striprtf.striprtf import rtf_to_text

from service.chart.formats.plain import HIDDEN_TEXT, STRUCK_TEXT, DecodedText, Unreadable

STRAY_BRACE = "the braces of its RTF do not match; the text behind them was read all the same"
BROKEN_OFF = "its RTF breaks off; what stood behind is missing"

_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?|\\'[0-9a-fA-F]{2}|\\[^a-zA-Z]"
    r"|(?P<brace>[{}])|[^\\{}]+|\\",
    re.DOTALL,
)
_STRUCK = frozenset({"strike", "striked", "deleted"})
_HIDDEN = frozenset({"v", "webhidden"})
_PLAIN = "plain"  # sets all of a character's marks back


def rtf_text(content: bytes, _content_type: str = "") -> DecodedText:
    """The document's text. RTF names its own code page; the file itself is ASCII."""
    source = content.decode("cp1252", errors="replace")
    problems: dict[str, None] = {}
    try:
        kept = "".join(_visible(source, problems))
        text = rtf_to_text(kept, errors="replace")  # type: ignore[no-untyped-call]
    except Exception as error:  # a broken file can fail anywhere in the library
        reason = f"its attachment is RTF that cannot be read ({type(error).__name__})"
        raise Unreadable(reason) from None
    return DecodedText(str(text), tuple(problems))


def _visible(source: str, problems: dict[str, None]) -> Iterator[str]:
    """The source without the text that is struck out or hidden, its braces made to match.

    Each group has the marks of the group round it until it sets its own.
    """
    groups: list[frozenset[str]] = []
    marks: frozenset[str] = frozenset()
    last = source.rstrip("\x00 \r\n\t}")
    for token in _TOKEN.finditer(source):
        said = token[0]
        if token["brace"] == "{":
            groups.append(marks)
        elif token["brace"] == "}":
            if len(groups) == 1 and token.end() <= len(last):
                problems[STRAY_BRACE] = None
                continue
            marks = groups.pop() if groups else marks
        elif token["word"]:
            marks = _marked(marks, token["word"], token["number"])
        if not marks or _is_layout(token):
            yield said
        elif said.strip():
            problems[STRUCK_TEXT if marks & _STRUCK else HIDDEN_TEXT] = None
    if groups:
        problems[BROKEN_OFF] = None
        yield "}" * len(groups)


def _marked(marks: frozenset[str], word: str, number: str | None) -> frozenset[str]:
    if word == _PLAIN:
        return frozenset()
    if word not in _STRUCK | _HIDDEN:
        return marks
    return marks - {word} if number == "0" else marks | {word}


def _is_layout(token: re.Match[str]) -> bool:
    """A brace, or a control word other than those that stand for a character."""
    word = token["word"]
    return bool(token["brace"]) or (bool(word) and word not in ("u", "emdash", "endash", "bullet"))
