"""What a statement says of a thing against what the source says of it: the four questions."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

from service.retrieval.sentences import sentence_spans
from service.verification.context.headings import heading_at, kind_of
from service.verification.context.people import is_same, names, persons
from service.verification.context.read import read
from service.verification.context.vocabulary import PATIENT, Polarity, Reading, Says, Time
from service.verification.models import Reason
from service.verification.words import load, stem

_NOW = (Time.RECENT, Time.CURRENT)
_LONGEST_SHOWN = 160
_UN = re.compile(r"^(?:un|non-?)")
_SHORTEST_ROOT = 4
_TELLING = (Says.PATIENT, Says.OBSERVED, Says.COLLATERAL)
_BINDING = {
    "family": "Family history",
    "hypothetical": "Instructions",
    "collateral": "Collateral",
    "negated": "Negative",
    "possible": "Differential",
    "historical": "Past history",
}


def context_reasons(statement: str, source: str) -> list[Reason]:
    """Where both speak of one thing and differ in whether it is so, when, of whom, who says so.

    At most one reason a question, the first; each contradicts.
    """
    said, held = _read(statement), _read(source)
    unlike = [*_prefixed(statement, source)][:1]
    return [
        Reason(check, _sentence(statement, mine), _sentence(source, theirs[0]), True)
        for check, agrees in _QUESTIONS
        for mine, theirs in islice(_differing(said, held, agrees), 1)
        if check != "subject" or not names(source, mine.subject)
    ] or unlike


def _prefixed(statement: str, source: str) -> Iterator[Reason]:
    """A word denied by its own beginning in one of the two only ("locked", "unlocked")."""
    mine, theirs = _plain_words(statement), _plain_words(source)
    for one, other in ((mine, theirs), (theirs, mine)):
        for word in one - other:
            root = _UN.sub("", word)
            if root != word and root in other - one and len(root) >= _SHORTEST_ROOT:
                said, held = (word, root) if one is mine else (root, word)
                yield Reason("polarity", said, held, True)


def _plain_words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]+(?:-[a-z]+)*", text.casefold()))


def under_heading(text: str, start: int, end: int) -> str:
    """text[start:end] behind the heading that decides how it is meant, if one does."""
    heading = heading_at(text, start)
    if heading is None or heading.kind not in _BINDING:
        return text[start:end]
    is_inside = heading.start >= start and kind_of(heading.text) == heading.kind
    return text[start:end] if is_inside else f"{_BINDING[heading.kind]}: {text[start:end]}"


@lru_cache(maxsize=4_096)
def _read(text: str) -> tuple[Reading, ...]:
    generic = _stems("generic") | frozenset(map(stem, persons()))
    return tuple(each for each in read(text) if each.stem not in generic)


def _differing(
    said: Sequence[Reading], held: Sequence[Reading], agrees: Callable[[Reading, Reading], bool]
) -> Iterator[tuple[Reading, Sequence[Reading]]]:
    """Each word of the statement with those of the source about the same, none of which agrees.

    A word that the statement says twice, once as the source does, names a thing beside it ("a
    sleep apnea test showed no sleep apnea").
    """
    ours, theirs = _by_clause(said), _by_clause(held)
    for mine in said:
        about = [each for each in held if each.stem == mine.stem]
        near = [
            len(ours[mine.clause] & theirs[each.clause]) + is_alike(mine, each) for each in about
        ]
        nearest = [each for each, share in zip(about, near, strict=True) if share == max(near)]
        twins = [each for each in said if each.stem == mine.stem and each.clause == mine.clause]
        if nearest and not any(agrees(twin, each) for twin in twins for each in nearest):
            yield mine, nearest


def is_alike(said: Reading, held: Reading) -> bool:
    """Of one time or person that is said: what "today" or "mother" is compared with."""
    is_timed = said.time is held.time and said.time is not Time.RECENT
    return is_timed or (said.subject == held.subject and said.subject != PATIENT)


def _by_clause(readings: Iterable[Reading]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for each in readings:
        found[each.clause].add(each.stem)
    return found


def _is_as_so(said: Reading, held: Reading) -> bool:
    """Denied against there; the other answers are no flips of it."""
    answers = {said.polarity, held.polarity}
    return Polarity.NEGATED not in answers or not answers & {Polarity.AFFIRMED, Polarity.POSSIBLE}


def _is_as_certain(said: Reading, held: Reading) -> bool:
    """Affirmed, possible, not assessed and not documented are four things."""
    return said.polarity == held.polarity or not _is_as_so(said, held)


def _is_as_timed(said: Reading, held: Reading) -> bool:
    times = {said.time, held.time}
    if len(times) == 1 or Time.STANDING in times:
        return Time.HYPOTHETICAL not in times or len(times) == 1
    if Time.HYPOTHETICAL in times:
        return Time.PLANNED in times
    if Time.PLANNED in times:
        other = said if held.time is Time.PLANNED else held
        return other.time is not Time.HISTORICAL and not other.is_past
    return times <= set(_NOW) or _is_past_told(said, held)


def _is_past_told(said: Reading, held: Reading) -> bool:
    """Past against present: the same where tense, date or the illness itself says the past."""
    past, now = (said, held) if said.time is Time.HISTORICAL else (held, said)
    if now.time is Time.CURRENT:
        return past.stem in _stems("lasting")
    both_denied = said.polarity is held.polarity is Polarity.NEGATED
    return now.is_past or past.is_dated or both_denied or past.stem in _stems("lasting")


def is_of_same(said: Reading, held: Reading) -> bool:
    return is_same(said.subject, held.subject)


def _is_told_by_same(said: Reading, held: Reading) -> bool:
    return said.says == held.says or not (said.says in _TELLING and held.says in _TELLING)


_QUESTIONS: tuple[tuple[str, Callable[[Reading, Reading], bool]], ...] = (
    ("polarity", _is_as_so),
    ("certainty", _is_as_certain),
    ("time", _is_as_timed),
    ("subject", is_of_same),
    ("attribution", _is_told_by_same),
)


@lru_cache(maxsize=4)
def _stems(table: str) -> frozenset[str]:
    return frozenset(stem(word) for word in load("context.toml")[table]["words"])


def _sentence(text: str, reading: Reading) -> str:
    """The sentence in which a word stands, cut short."""
    for start, end in sentence_spans(text):
        if start <= reading.start < end:
            return text[start:end][:_LONGEST_SHOWN]
    return text.strip()[:_LONGEST_SHOWN]
