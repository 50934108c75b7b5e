"""Why a finding may stand: the reasons that are offered, and what is no reason."""

import re
from dataclasses import dataclass

from service.errors import BadInput
from service.numbers import whole_number
from service.review.hold import needed
from service.summary.vocabulary import FindingKind, ResolutionAction

ACCEPTED, DISMISSED = ResolutionAction.ACCEPTED, ResolutionAction.DISMISSED
# Words that are typed to get past a field.
_EMPTY = """ok okay k fine good yes no y n na a x xx xxx done checked corrected reviewed noted agree
agreed none nil test thanks it is"""
EMPTY_WORDS = frozenset(_EMPTY.split())


@dataclass(frozen=True)
class Choice:
    """A reason to choose. `words` begin what is kept; `asks` says what must follow: "why" in the
    person's own words, "where" in the summary, "" nothing."""

    key: str
    action: ResolutionAction
    words: str
    asks: str = ""


_OTHER = Choice("other", ACCEPTED, "Another reason:", "why")
_WRONG = Choice("misread", DISMISSED, "The finding misreads the text or the chart:", "why")
_STANDS = (
    Choice("confirmed", ACCEPTED, "Confirmed with the patient or family."),
    Choice("seen", ACCEPTED, "Seen or known by me."),
    Choice("chart-wrong", ACCEPTED, "The chart is wrong or out of date:", "why"),
    _WRONG,
    _OTHER,
)
CHOICES: dict[FindingKind, tuple[Choice, ...]] = {
    FindingKind.OMITTED: (
        Choice("said", DISMISSED, "Already said in statement", "where"),
        Choice("not-relevant", ACCEPTED, "Not relevant here because", "why"),
        Choice("chart-wrong", ACCEPTED, "The chart is wrong or out of date:", "why"),
        _OTHER,
    ),
    FindingKind.OUTDATED: (
        Choice("holds", ACCEPTED, "The text still holds because", "why"),
        Choice("told", ACCEPTED, "I know of it and it is told in person."),
        _WRONG,
        _OTHER,
    ),
    FindingKind.LANGUAGE: (
        Choice("own-words", ACCEPTED, "These are the patient's own words."),
        Choice("exact", ACCEPTED, "It is the exact clinical term here."),
        _WRONG,
        _OTHER,
    ),
    FindingKind.INJECTION: (
        Choice("read", ACCEPTED, "I read it in the chart; nothing of it is in this text."),
        Choice("harmless", DISMISSED, "It is ordinary chart text."),
        _OTHER,
    ),
}


def choices(kind: FindingKind) -> tuple[Choice, ...]:
    return CHOICES.get(kind, _STANDS)


def chosen(kind: FindingKind, key: str, why: str, where: str) -> tuple[ResolutionAction, str]:
    """The decision and the whole reason that a choice comes to. Raises BadInput."""
    choice = next((each for each in choices(kind) if each.key == key), None)
    if choice is None:
        raise BadInput("Choose what you decided about the finding.")
    if choice.asks == "where":
        number = whole_number(where.strip())
        if number is None:
            raise BadInput("Name the number of the statement that says it already.")
        return choice.action, f"{choice.words} {number}. {why}".strip()
    if choice.asks == "why":
        telling(why)
    return choice.action, f"{choice.words} {why}".strip()


def telling(reason: str) -> str:
    """The reason without its margins. Raises BadInput where it tells nothing: "ok" is no reason."""
    kept = needed(reason)
    words = [w for w in re.findall(r"\w+", kept.lower()) if w not in EMPTY_WORDS]
    if len(words) < 2:
        raise BadInput("Give the reason in a few words: why may it stand?")
    return kept
