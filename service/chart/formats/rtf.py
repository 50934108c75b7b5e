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
_STYLE_STRIKES, _STYLE_HIDES = "struck by its style", "hidden by its style"
_BY_STYLE = frozenset({_STYLE_STRIKES, _STYLE_HIDES})
_SETS_STYLE = frozenset({"s", "cs", "pard"})
_STRUCK = frozenset({"strike", "striked", "deleted", _STYLE_STRIKES})
_HIDDEN = frozenset({"v", "webhidden"})
_PLAIN = "plain"  # sets all of a character's marks back
_TINY = 2  # half points; nobody reads letters of this size
# One style of the document's own: "{\\s1\\strike Struck;}", "{\\*\\cs2 ...}".
_STYLE = re.compile(r"\{(?:\\\*)?\\(?P<name>c?s\d{1,5})(?P<marks>[^{};]{0,300})")


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
    sheet = _stylesheet(source)
    styles = dict(_styles(source[sheet.start : sheet.stop]))
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
            if token["word"] in _SETS_STYLE:
                marks = (marks - _BY_STYLE) | styles.get(f"{token['word']}{token['number']}", set())
        if not marks or _is_layout(token) or token.start() in sheet:
            yield said
        elif said.strip():
            problems[STRUCK_TEXT if marks & _STRUCK else HIDDEN_TEXT] = None
    if groups:
        problems[BROKEN_OFF] = None
        yield "}" * len(groups)


def _stylesheet(source: str) -> range:
    """Where the document's styles are defined; their names are no text."""
    start, depth = source.find("{\\stylesheet"), 0
    for token in _TOKEN.finditer(source, start) if start >= 0 else ():
        depth += {"{": 1, "}": -1}.get(token["brace"] or "", 0)
        if depth == 0:
            return range(start, token.end())
    return range(0)


def _styles(sheet: str) -> Iterator[tuple[str, set[str]]]:
    """(name, marks) of the styles that strike out or hide."""
    for style in _STYLE.finditer(sheet):
        marks: frozenset[str] = frozenset()
        for token in _TOKEN.finditer(style["marks"]):
            marks = _marked(marks, token["word"] or "", token["number"])
        if marks:
            yield style["name"], {_STYLE_STRIKES if marks & _STRUCK else _STYLE_HIDES}


def _marked(marks: frozenset[str], word: str, number: str | None) -> frozenset[str]:
    if word == _PLAIN:
        return frozenset()
    if word == "fs":
        return marks | {word} if number and int(number) <= _TINY else marks - {word}
    if word not in _STRUCK | _HIDDEN:
        return marks
    by_style = _STYLE_STRIKES if word in _STRUCK else _STYLE_HIDES
    return marks - {word, by_style} if number == "0" else marks | {word}


def _is_layout(token: re.Match[str]) -> bool:
    """A brace, or a control word other than those that stand for a character."""
    word = token["word"]
    return bool(token["brace"]) or (bool(word) and word not in ("u", "emdash", "endash", "bullet"))
