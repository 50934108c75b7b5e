"""Sentences of clinical prose, as offsets.

pysbd knows more of English, but split 65 kB of notes a second on the machine where 5 MB a
note had to go through in seconds; these rules split 3 MB a second, headings and lists included.
"""

import re
from collections.abc import Iterator

Span = tuple[int, int]

# A full stop after these does not end a sentence.
_SHORT = """
    dr mr mrs ms prof st jr sr vs v no nos approx ca cf eg ie e.g i.e etc al fig pt pts hx dx rx
    tx sx fx yr yrs mo wk wks hr hrs min sec temp resp dept inc ltd p.o q.d b.i.d t.i.d q.i.d
    q.h.s h.s p.r.n a.m p.m s.l i.m i.v s.c u.s ph.d m.d d.o r.n jan feb mar apr jun jul aug
    sep sept oct nov dec mon tue wed thu fri sat sun
"""
ABBREVIATIONS = frozenset(_SHORT.split())
# Of these, those that often are the last word: before a word with a capital they end it.
_LAST = "yr yrs mo wk wks hr hrs min sec etc p.r.n b.i.d t.i.d q.i.d q.h.s"
MAY_END = frozenset(_LAST.split())
# A run of marks is looked at once, from its first: from each again, 200,000 dots took minutes.
_END = re.compile(r"(?<![.!?])[.!?]++[\"')\]\u201d]*+(?=\s)|\n")
_LABEL = re.compile(r"[ \t]*[A-Z][\w /()&\-]{0,30}:\s")
_WORD_STARTS = re.compile(r"[A-Z][a-z]+ [a-z]")
_STARTS = re.compile(r"[ \t]*[\"'(\[\u201c]?[A-Z0-9~<>≥≤+]")
# "Sertraline helps. Increase to 100 mg." is of what the sentence before names.
CHANGE_TO = re.compile(
    r" {0,3}(?:Increase|Raise|Titrate|Reduce|Decrease|Lower|Taper|Cut) to (?=\d)",
    re.I,
)
LONGEST = 1_000  # characters; a list without an end is read piece by piece, not at once
_CUTS = tuple(re.compile(end, re.DOTALL) for end in (r".*[;,](?=\s)", r".*(?=\s)", r".*"))
SHORT_LINE = 50  # a line this short was ended by its author, not by the width of the window


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """(start, end) of each sentence of text[start:end], without the space round it.

    What runs on for more than LONGEST characters is cut at its commas, or between its words.
    """
    end = len(text) if end is None else end
    at = start
    for mark in _END.finditer(text, start, end):
        if mark.start() >= at and _ends_here(text, at, mark, end):
            yield from _trimmed(text, at, mark.end())
            at = mark.end()
    yield from _trimmed(text, at, end)


def _ends_here(text: str, at: int, mark: re.Match[str], end: int) -> bool:
    if mark[0] == "\n":
        return _is_line_end(text, at, mark.start(), end)
    ahead = text[mark.end() : min(end, mark.end() + 24)].lstrip()
    if (ahead and not _STARTS.match(ahead)) or CHANGE_TO.match(text, mark.end(), end):
        return False
    return mark[0][0] != "." or not _is_abbreviation(text, at, mark.start(), ahead)


def _is_abbreviation(text: str, at: int, stop: int, ahead: str) -> bool:
    """Also an initial ("J. Doe") and a number that begins a line ("1. Sertraline")."""
    said = text[max(at, stop - 12) : stop].split()
    word = said[-1].strip("(\"'").casefold() if said else ""
    if len(word) == 1 and word.isalpha():
        return text[stop - 1].isupper()
    if word in MAY_END and _WORD_STARTS.match(ahead):
        return False
    if word in ("no", "nos"):  # a number's, or the whole of an answer
        return ahead[:1].isdigit()
    is_number = word.isdigit() and stop - at < LONGEST and text[at:stop].strip().isdigit()
    return word in ABBREVIATIONS or is_number


def _is_line_end(text: str, at: int, stop: int, end: int) -> bool:
    """A line break ends a sentence before a label or a blank line, and after a short line."""
    ahead = text[stop + 1 : min(end, stop + 60)]
    if not ahead.strip() or ahead[:1] == "\n" or _LABEL.match(ahead):
        return True
    line = text[max(at, text.rfind("\n", at, stop) + 1) : stop].rstrip()
    return len(line) < SHORT_LINE and line[-1:] not in ",;" and bool(_STARTS.match(ahead))


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > LONGEST:
        half = (start + LONGEST // 2, start + LONGEST)
        stop = next(cut.end() for each in _CUTS if (cut := each.match(text, *half)))
        yield start, start + len(text[start:stop].rstrip())
        start = next(at for at in range(stop, end) if not text[at].isspace())
    if start < end:
        yield start, end
