"""What prose says on risk: the last word on what may change, everything that ever happened."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

from service.drafting.template import MustCarry
from service.summary.vocabulary import Severity
from service.verification.context.headings import kind_of
from service.verification.facts import facts
from service.verification.omission.must import Anchor, MustSay
from service.verification.omission.notes import Told
from service.verification.risk.alike import critical
from service.verification.risk.carried import is_event, is_fact, is_own
from service.verification.risk.mentions import Mention, mentions

Heard = tuple[Told, Mention]


def risks(told: Iterable[Told], rule: MustCarry) -> Iterator[MustSay]:
    """With take "latest" the newest day's word on the rule's topics together; else what ever
    happened, or of a topic of which nothing did the newest denial.

    A denial that is older than the newest of all sources counts only where the rule asks for it.
    A source without a date is as new as any: nobody knows which is the last.
    """
    held = list(told)
    newest = max((each.day for each in held), default="")
    heard = [
        (each, mention)
        for each in held
        for mention in _mentions(each.text, kind_of(each.heading))
        if mention.topic in rule.concepts and is_fact(mention)
    ]
    for each, mention in _latest(heard) if rule.take == "latest" else _ever(heard):
        if rule.denials or is_event(mention) or each.day in ("", newest):
            yield _must(each, mention, rule)


@lru_cache(maxsize=20_000)
def _mentions(text: str, section: str) -> tuple[Mention, ...]:
    return mentions(text, section)


def _latest(heard: list[Heard]) -> list[Heard]:
    newest = max((told.day for told, _ in heard), default="")
    return [each for each in heard if each[0].day in ("", newest)]


def _ever(heard: list[Heard]) -> list[Heard]:
    by_whose: dict[tuple[str, str], list[Heard]] = defaultdict(list)
    for each in heard:
        by_whose[each[1].topic, each[1].reading.subject].append(each)
    happened = (
        [each for each in held if is_event(each[1])] or held[-1:] for held in by_whose.values()
    )
    return [each for held in happened for each in held]


def _must(told: Told, mention: Mention, rule: MustCarry) -> MustSay:
    severity = rule.severity if is_own(mention) else Severity.MINOR
    return MustSay(
        rule.kind,
        _key(mention),
        f"{mention.topic}: {told.text}",
        severity,
        rule.reason,
        Anchor(keys=frozenset({f"risk:{mention.topic}"})),
        (),
        (told.span,),
        told.day,
        mention,
    )


def _key(mention: Mention) -> str:
    """The same for two sources of one thing; what happened twice has two dates."""
    dates = sorted(f.said for f in facts(mention.sentence) if f.check == "date")
    reading = mention.reading
    when = dates if is_event(mention) else []
    return ":".join(
        (
            "risk",
            mention.topic,
            reading.polarity,
            reading.subject,
            *sorted(critical(mention)),
            *when,
        )
    )
