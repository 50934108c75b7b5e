"""Verdicts that open a door: cleared, fit, competent, no danger. Each rests on a dated record of
its kind by somebody who may give it, or a person must look."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from service.chart.models import SourceRecord
from service.summary.document import OWN, Placed
from service.summary.vocabulary import FindingKind, Severity
from service.verification.models import FindingDraft, Span

CHECK = "warrant"
# What the patient or a program wrote is no verdict, whoever filed it.
NO_VERDICT = frozenset({"QuestionnaireResponse", "Communication", "Appointment", "Task", "Goal"})


@dataclass(frozen=True)
class Verdict:
    """One kind of verdict: how it reads, who gives it, what it is called."""

    kind: str
    called: str
    pattern: re.Pattern[str]
    authors: tuple[str, ...]


@cache
def _told() -> tuple[tuple[Verdict, ...], frozenset[str]]:
    told = tomllib.loads(
        files("service.verification").joinpath("data/verdicts.toml").read_text("utf-8")
    )
    kinds = tuple(
        Verdict(
            name,
            each["called"],
            re.compile("|".join(rf"\b(?:{v})" for v in each["verdicts"]), re.IGNORECASE),
            tuple(each["authors"].split()),
        )
        for name, each in told["kinds"].items()
    )
    return kinds, frozenset(told["never"]["roles"].split())


def unwarranted(
    placed: Placed, cited: Iterable[Span], records: Mapping[str, SourceRecord]
) -> Iterator[FindingDraft]:
    """A major finding for each kind of verdict that no cited record warrants. What a person words
    on their own is theirs to vouch for."""
    if placed.statement.writer == OWN:
        return
    spans = tuple(cited)
    for kind in _told()[0]:
        found = kind.pattern.search(placed.statement.text)
        if found is None:
            continue
        lacks = [_lack(kind, span, records.get(span.record_id)) for span in spans] or [UNSAID]
        if "" not in lacks:
            yield _finding(placed, kind, found[0], lacks[0], spans)


UNSAID = "nothing is cited that gives it"


def _lack(kind: Verdict, span: Span, record: SourceRecord | None) -> str:
    """Why this place does not warrant a verdict of the kind; "" where it does."""
    if record is None or record.resource_type in NO_VERDICT or not kind.pattern.search(span.quote):
        return UNSAID
    if not record.effective:
        return "what is cited has no date"
    if not is_given_by(kind, record.author, record.author_role):
        who = record.author_role or record.author or "nobody named"
        return f"what is cited is by {who}"
    return ""


def is_given_by(kind: Verdict, author: str, role: str) -> bool:
    """By the role that the chart tells; where it tells none, by the letters behind the name."""
    told = _words(role) or _words(author)[1:]
    if not told or _told()[1].intersection(told):
        return False
    return any(word == each or _begins(word, each) for word in told for each in kind.authors)


def _begins(word: str, told: str) -> bool:
    return len(told) > 4 and word.startswith(told)


def _words(text: str) -> list[str]:
    return re.findall(r"[\w-]+", text.casefold().replace(".", ""))


def _finding(
    placed: Placed, kind: Verdict, said: str, lack: str, spans: tuple[Span, ...]
) -> FindingDraft:
    return FindingDraft(
        FindingKind.RISK if kind.kind == "risk" else FindingKind.UNSUPPORTED,
        Severity.MAJOR,
        CHECK,
        f"“{said}” is {kind.called}: it must rest on a dated record by somebody who may give it; "
        f"{lack}.",
        placed.index,
        said,
        spans[0].quote if spans else "",
        spans,
    )
