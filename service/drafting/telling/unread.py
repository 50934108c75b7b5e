"""What closes a brief: what could not be read, and what has no result yet."""

from collections.abc import Iterator
from itertools import islice

from service.access.decisions import Purpose, decide_chart
from service.chart.gaps import GapKind
from service.chart.models import SourceRecord
from service.drafting.coverage import Unread
from service.summary.vocabulary import Standing

NAMED = 2  # records that are named; the others are counted
SHORT = 100  # words of a brief that has no room for names
LONGEST = 14  # words of a record's line
_AWAITED = ("DiagnosticReport",)  # its observations are awaited with it
_NO_RESULT = "registered"


def not_read(unread: Unread, words: int) -> str:
    """In one line, of a short brief only counted. What was withheld the page tells, to whom it
    may: only a record that this draft may use is named."""
    most = NAMED if words >= SHORT else 0
    decided = decide_chart(list(unread.records), purpose=Purpose.PROMPT)
    unreadable = [r for r in unread.records if r.standing is Standing.UNREADABLE]
    named = [r for r in unreadable if decided[r.id].allowed][:most]
    said = [*_searches(unread), *map(_line, named)]
    if count := len(unreadable) - len(named):
        said.append("1 record" if count == 1 else f"{count} records")
    lines = [f"Not read: {'; '.join(said)}."] if said else []
    awaited = [r for r in unread.records if _is_awaited(r) and decided[r.id].allowed]
    if awaited and most:
        lines.append(f"No result yet: {'; '.join(islice(map(_line, awaited), NAMED))}.")
    return " ".join(lines)


def _searches(unread: Unread) -> Iterator[str]:
    of = [gap for gap in unread.gaps if gap.get("kind") == GapKind.SEARCH]
    if lost := sorted({str(gap.get("source", "")).partition(" ")[0] for gap in of}):
        yield f"the EHR could not be searched for {', '.join(lost)}"


def _is_awaited(record: SourceRecord) -> bool:
    return record.resource_type in _AWAITED and record.status == _NO_RESULT


def _line(record: SourceRecord) -> str:
    """What it is called and its day: "Outside cardiology record (2026-08-26)"."""
    day = record.effective[:10]
    line = (record.headline or record.title).partition(f", {day}")[0].partition(" (")[0]
    line = line.removeprefix("Note: ")
    words = " ".join(line.split()[:LONGEST])
    return f"{words} ({day})" if day else words
