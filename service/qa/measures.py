"""What a sample shows: how many texts meet each question, which errors, how far raters agree."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from service.qa.rubric import CANNOT_TELL, QUESTIONS, MarkKind, Question
from service.qa.statistics import Agreement, Proportion, agreement, proportion


@dataclass(frozen=True)
class Rated:
    """One rating as a value: of which item, by whom, what was answered and marked."""

    item_id: str
    person_id: str
    summary_type: str
    month: str  # YYYY-MM of the text that was rated
    answers: Mapping[str, str]
    mark_kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class QuestionMeasure:
    """`met` counts items, `answers` counts ratings, "cannot-tell" among them."""

    key: str
    met: Proportion
    answers: Mapping[str, int]


@dataclass(frozen=True)
class Measure:
    """One group of items. `errors` is the share of items with at least one mark of a kind."""

    items: int
    ratings: int
    questions: tuple[QuestionMeasure, ...]
    errors: Mapping[str, Proportion]
    any_error: Proportion


@dataclass(frozen=True)
class PairAgreement:
    """Two raters by question, on the items that both judged."""

    persons: tuple[str, str]
    questions: Mapping[str, Agreement]


def measure(rated: Sequence[Rated]) -> Measure:
    """Counts over items, not ratings: two people on one text are not two texts.

    An item meets a question when everybody who could tell says so, and has an error when
    anybody marked it: a doubt about a patient's summary counts.
    """
    items = _grouped(rated, lambda each: each.item_id)
    return Measure(
        items=len(items),
        ratings=len(rated),
        questions=tuple(_question(question, rated, items) for question in QUESTIONS),
        errors={kind.value: _with_mark(items, {kind.value}) for kind in MarkKind},
        any_error=_with_mark(items, {kind.value for kind in MarkKind}),
    )


def measure_by(rated: Sequence[Rated], key: Callable[[Rated], str]) -> dict[str, Measure]:
    """The measure of each group, such as summary type or month."""
    groups = _grouped(rated, key)
    return {name: measure(groups[name]) for name in sorted(groups)}


def agreements(rated: Sequence[Rated]) -> tuple[PairAgreement, ...]:
    """Each pair of raters who judged some items both."""
    by_person = {
        name: {each.item_id: each for each in group}
        for name, group in _grouped(rated, lambda each: each.person_id).items()
    }
    pairs = combinations(sorted(by_person), 2)
    return tuple(
        PairAgreement((one, two), _agreed(by_person[one], by_person[two]))
        for one, two in pairs
        if by_person[one].keys() & by_person[two].keys()
    )


def verdict(question: Question, answer: str) -> bool | None:
    """Whether an answer meets the question; None when the rater could not tell."""
    return None if answer == CANNOT_TELL else answer in question.good


def _question(
    question: Question, rated: Iterable[Rated], items: Mapping[str, Sequence[Rated]]
) -> QuestionMeasure:
    verdicts = [_verdicts(question, each) for each in items.values()]
    judged = [told for told in verdicts if told]
    met = proportion(sum(all(told) for told in judged), len(judged))
    counted = Counter(each.answers[question.key] for each in rated)
    return QuestionMeasure(question.key, met, {a: counted[a] for a in question.answers})


def _verdicts(question: Question, rated: Iterable[Rated]) -> list[bool]:
    told = (verdict(question, each.answers[question.key]) for each in rated)
    return [each for each in told if each is not None]


def _with_mark(items: Mapping[str, Sequence[Rated]], kinds: set[str]) -> Proportion:
    found = sum(
        any(kinds.intersection(each.mark_kinds) for each in rated) for rated in items.values()
    )
    return proportion(found, len(items))


def _agreed(one: Mapping[str, Rated], two: Mapping[str, Rated]) -> dict[str, Agreement]:
    both = sorted(one.keys() & two.keys())
    pairs = [(one[item_id].answers, two[item_id].answers) for item_id in both]
    return {question.key: agreement(_told_by_both(question, pairs)) for question in QUESTIONS}


def _told_by_both(
    question: Question, pairs: Iterable[tuple[Mapping[str, str], Mapping[str, str]]]
) -> list[tuple[bool, bool]]:
    told = []
    for ours, theirs in pairs:
        first, second = (verdict(question, each[question.key]) for each in (ours, theirs))
        if first is not None and second is not None:
            told.append((first, second))
    return told


def _grouped(rated: Iterable[Rated], key: Callable[[Rated], str]) -> dict[str, list[Rated]]:
    groups: dict[str, list[Rated]] = defaultdict(list)
    for each in rated:
        groups[key(each)].append(each)
    return groups
