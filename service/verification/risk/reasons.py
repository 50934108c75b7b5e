"""A statement on risk against its source, word by word."""

from collections.abc import Iterator, Sequence

from service.verification.models import Reason
from service.verification.risk.alike import QUESTIONS, nearest
from service.verification.risk.mentions import Mention, mentions
from service.verification.risk.values import degrees, levels, means, months, times
from service.verification.words import stems

_PROTECTIVE = "protective factors"


def risk_reasons(statement: str, source: str) -> list[Reason]:
    """Everything of risk that a statement flips, drops, invents or dates anew; [] where it says
    nothing of risk."""
    said, held = mentions(statement), mentions(source)
    reasons = [reason for each in said for reason in _mention_reasons(each, held)]
    if said:
        reasons += [*_value_reasons(statement, source, said, held)]
    return list(dict.fromkeys([*reasons, *_level_reasons(statement, source)]))


def _mention_reasons(said: Mention, held: Sequence[Mention]) -> Iterator[Reason]:
    same = [each for each in held if each.topic == said.topic]
    if not same:
        yield Reason("risk", said.topic)
        return
    near = nearest(said, same)
    for check, is_carried in QUESTIONS:
        if not any(is_carried(said, each) for each in near):
            yield Reason(check, said.sentence[:160], near[0].sentence[:160], True)


def _value_reasons(
    statement: str, source: str, said: Sequence[Mention], held: Sequence[Mention]
) -> Iterator[Reason]:
    """Means, times and words of degree that the source does not have."""
    mine = "\n".join(dict.fromkeys(each.sentence for each in said))
    theirs = "\n".join(dict.fromkeys(each.sentence for each in held))
    protective = ((_PROTECTIVE, _factors),) if _PROTECTIVE in {m.topic for m in said} else ()
    for check, values in (
        *protective,
        ("means", means),
        ("time", times),
        ("qualifier", degrees),
    ):
        known = values(source) | (months(source) if values is times else set())
        for value in sorted(values(mine) - known):
            instead = ", ".join(sorted(values(theirs) - values(statement)))
            yield Reason(check, value, instead, bool(instead))


def _factors(text: str) -> frozenset[str]:
    return stems(text) - stems(_PROTECTIVE)


def carried_words(statement: str, source: str) -> str:
    """The statement's words for a risk that the source has in other words."""
    topics = {each.topic for each in mentions(source)}
    return " ".join(statement[m.start : m.end] for m in mentions(statement) if m.topic in topics)


def _level_reasons(statement: str, source: str) -> Iterator[Reason]:
    """An estimate must stand in the source, for the same kind of risk."""
    held = sorted(levels(source))
    for said in sorted(levels(statement)):
        if not any(said.agrees(each) for each in held):
            rivals = [
                each.degree
                for each in held
                if not (each.kind and said.kind) or each.kind == said.kind
            ]
            named = " ".join(filter(None, (said.kind, said.about, "risk", said.degree)))
            yield Reason("risk level", named, ", ".join(dict.fromkeys(rivals)), bool(rivals))
