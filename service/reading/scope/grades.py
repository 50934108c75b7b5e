"""How high a risk is put, as the word right beside it says: "low acute risk", "chronic risk is
elevated"."""

from collections.abc import Iterator, Mapping, Sequence

from service.reading.assertions import Kind, Value
from service.reading.scope.attach import Named
from service.reading.scope.line import Line

GRADES = {"low": "low", "moderate": "moderate", "high": "high", "mild": "low", "severe": "high"}
_RISKS = frozenset(
    ("fall-risk", "acute-risk", "chronic-risk", "suicide-risk", "violence-risk", "risk-level")
)
_LINKS = frozenset((":", "=", "-", "is", "was", "are", "remains", "remained", "to", "be", "as"))
_LINKS |= {"judged", "rated", "assessed", "considered", "deemed", "estimated", "currently", "now"}
_BESIDE = 5  # words between a risk and its grade: "was judged to be low"


def grades(line: Line, named: Sequence[Named]) -> Iterator[tuple[int, Value]]:
    """Each risk's number with its grade."""
    words = {e.first: e for e in named if e.kind is Kind.WORD and e.key in GRADES}
    for number, risk in enumerate(named):
        if risk.key not in _RISKS:
            continue
        if (
            word := _turned(line, risk, words)
            or words.get(risk.first - 1)
            or words.get(_behind(line, risk))
        ):
            yield number, _grade(line, word)


def _turned(line: Line, risk: Named, words: Mapping[int, Named]) -> Named | None:
    """ "Acute risk moved from low to high": what it came to."""
    behind = range(risk.last, min(len(line.keys), risk.last + _BESIDE))
    is_change = any(line.keys[at] == "from" and at + 1 in words for at in behind)
    ends = (words.get(at + 1) for at in behind if line.keys[at] == "to")
    return next(ends, None) if is_change else None


def _behind(line: Line, risk: Named) -> int:
    """The token behind the risk and the words that link it with what it is, if any."""
    at = risk.last
    while at < min(len(line.keys), risk.last + _BESIDE) and line.keys[at] in _LINKS:
        at += 1
    return at


def _grade(line: Line, word: Named) -> Value:
    start, end = line.tokens[word.first].start, line.tokens[word.last - 1].end
    return Value("grade", GRADES[word.key], word.key, start=start, end=end)
