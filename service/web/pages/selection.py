"""Which statement, finding or record the reader chose, and the sources that opens."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from service.review.desk import Desk, DeskFinding, DeskStatement
from service.summary.vocabulary import Support


@dataclass(frozen=True)
class Selection:
    """The choice and its sources in order; `at` is which of them is open."""

    statement: int | None = None
    finding: int | None = None
    records: tuple[str, ...] = ()
    at: int = 0

    @property
    def record_id(self) -> str | None:
        return self.records[self.at] if self.records else None

    def is_lit(self, statements: Iterable[int], findings: Iterable[int]) -> bool:
        """Whether a quoted piece belongs to the choice."""
        if self.finding is not None:
            return self.finding in findings
        return self.statement is not None and self.statement in statements


NOTHING = Selection()


def select(
    desk: Desk,
    *,
    statement: int | None = None,
    finding: int | None = None,
    record: str | None = None,
    at: int = 0,
) -> Selection:
    """What the address asks for; a number that this version does not have chooses nothing."""
    if finding is not None:
        found = next((f for f in desk.findings if f.number == finding), None)
        return _opened(desk, finding_sources(found), at, finding=finding) if found else NOTHING
    if statement is not None:
        chosen = next((s for s in statements(desk) if s.index == statement), None)
        return (
            _opened(desk, statement_sources(chosen), at, statement=statement)
            if (chosen)
            else NOTHING
        )
    return _opened(desk, (record,), 0) if record else NOTHING


def statements(desk: Desk) -> list[DeskStatement]:
    return [s for section in desk.sections for s in section.statements]


def doubted(desk: Desk) -> dict[Support | None, int]:
    """How many statements their sources do not bear, by what is said of them."""
    counts = Counter(statement.support for statement in statements(desk))
    return {v: counts[v] for v in (*Support, None) if counts[v] and v is not Support.SUPPORTED}


def statement_sources(statement: DeskStatement) -> tuple[str, ...]:
    """What it cites first, then what its findings point at; each record once."""
    cited = (c.record_id for c in statement.citations)
    found = (ref for finding in statement.findings for ref in finding_sources(finding))
    return tuple(dict.fromkeys((*cited, *found)))


def finding_sources(finding: DeskFinding) -> tuple[str, ...]:
    named = (e.get("record_id") for e in finding.evidence)
    return tuple(dict.fromkeys(record_id for record_id in named if record_id))


def _opened(
    desk: Desk,
    records: Iterable[str | None],
    at: int,
    *,
    statement: int | None = None,
    finding: int | None = None,
) -> Selection:
    held = {source.record_id for source in desk.sources}
    open_ = tuple(r for r in records if r in held)
    return Selection(statement, finding, open_, max(0, min(at, len(open_) - 1)))
