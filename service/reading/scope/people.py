"""Of whom a phrase speaks and who says so, token by token."""

from collections.abc import Iterator
from functools import lru_cache

from service.reading.assertions import PATIENT, Says
from service.reading.scope.line import Line
from service.reading.scope.persons import (
    ANOTHER,
    FAMILY,
    PER,
    STORY,
    VOICE,
    Person,
    Told,
    persons,
    same_person,
)
from service.reading.scope.phrases import listed, words
from service.reading.scope.relatives import relative, reports, told_end, word_before

_SOON = 3  # words behind "reported by" in which a name stands


def people(line: Line, base: Person) -> list[Person]:
    """Subject and teller at each token; `base` is what the unit's section and speaker say."""
    answers = [base] * len(line.keys)
    for each in _told(line, base):
        for at in range(each.first, min(each.last, len(answers))):
            was = answers[at]
            subject = each.subject or was.subject
            says, who = (each.says, each.who) if each.says else (was.says, was.who)
            answers[at] = Person(subject, says, who)
    return answers


def _told(line: Line, base: Person) -> Iterator[Told]:
    """Everything that changes subject or speaker, in the order of the text.

    Under a family history "Brother:" has what follows; elsewhere he says it.
    """
    is_family = base.subject == FAMILY
    yield from _phrases(line, is_family)
    skipped = _skipped(line)
    for at, key in enumerate(line.keys):
        if key in _known() and at not in skipped:
            yield from _by_word(line, at, is_family)
    yield from _by_phrase(line)
    yield from _pronouns(line)


def _by_word(line: Line, at: int, is_family: bool) -> Iterator[Told]:
    """What a person, the patient or a verb of telling changes."""
    key = line.keys[at]
    if key in persons():
        yield from relative(line, at, at + 1, _joined(line, at), is_family)
    elif is_family and key in words("people", "patient") - words("people", "pronouns"):
        yield Told(at, line.clause_span(at)[1], PATIENT)
    elif key in words("people", "staff") | words("people", "clinicians"):
        yield from _staff(line, at)
    elif key in words("people", "patient") and word_before(line, at) in PER:
        yield Told(*line.clause_span(at), says=Says.PATIENT)
    elif key in words("people", "reporting") and _is_patients(line, at) and _owns_up(line, at):
        is_own = is_family and ":" not in line.keys[:at]
        yield Told(at, line.clause_span(at)[1], PATIENT if is_own else "", Says.PATIENT)


def _by_phrase(line: Line) -> Iterator[Told]:
    """What was seen, what is told by somebody named behind, what a voice says."""
    for found in listed("people", "observed").all(line.marks):
        yield Told(found.first, line.clause_span(found.first)[1], says=Says.CLINICIAN)
    for found in listed("people", "told_by").all(line.marks):
        names = [k for k in line.keys[found.last : found.last + _SOON] if k in _tellers()]
        if names:
            yield Told(
                *line.clause_span(found.first), says=Says.COLLATERAL, who=same_person(names[0])
            )
    for found in listed("people", "outside").all(line.marks):
        yield Told(
            *line.clause_span(found.first), says=Says.COLLATERAL, who=line.keys[found.last - 1]
        )
    for found in listed("people", "stories").all(line.marks):
        if words("people", "authored").isdisjoint(line.keys[max(0, found.first - 4) : found.first]):
            yield Told(found.first, line.clause_span(found.first)[1], STORY, Says.QUOTED, STORY)
    for found in listed("people", "voices").all(line.marks):
        yield Told(found.last, line.clause_span(found.last)[1], VOICE, Says.QUOTED, VOICE)


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    """All words that may change subject or speaker."""
    kinds = ("patient", "staff", "clinicians", "reporting")
    return persons().union(*(words("people", kind) for kind in kinds))


def _tellers() -> frozenset[str]:
    return persons() | words("people", "staff")


def _staff(line: Line, at: int) -> Iterator[Told]:
    """What a nurse or the police tells, diagnoses, recommends."""
    ahead = line.keys[at + 1 : at + 2]
    is_judging = not words("people", "judging").isdisjoint(ahead)
    if reports(line, at + 1) or is_judging:
        is_clinician = line.keys[at] in words("people", "clinicians")
        says = Says.CLINICIAN if is_clinician else Says.COLLATERAL
        yield Told(at, told_end(line, at), says=says, who=line.keys[at])


def _pronouns(line: Line) -> Iterator[Told]:
    """ "Her son ... he": of a woman's notes every "he" behind is the son."""
    owners = {"her": "male", "his": "female"}
    at, who, pronoun = 0, "", ""
    for n, key in enumerate(line.keys):
        if key == pronoun:
            at = n
            yield Told(at, line.clause_span(at)[1], who)
        other = owners.get(line.keys[n - 1], "") if n else ""
        if other and key in words("people", other):
            who, pronoun = same_person(key), "he" if other == "male" else "she"


def _skipped(line: Line) -> set[int]:
    """Tokens whose person is none ("child psychiatry") or part of a longer phrase."""
    skipped = {f.first for f in listed("people", "family_none").all(line.marks)}
    for phrase in listed("people", "family_phrases").all(line.marks):
        skipped |= set(range(phrase.first, phrase.last))
    return skipped


def _phrases(line: Line, is_family: bool) -> Iterator[Told]:
    """What whole phrases tell of the family, or of another."""
    for found in listed("people", "family_phrases").all(line.marks):
        yield Told(found.last, line.clause_span(found.last)[1], FAMILY)
    for found in listed("people", "family_around").all(line.marks):
        yield Told(0, line.clause_span(found.last - 1)[1], FAMILY)
    for found in listed("people", "another_around").all(line.marks):
        yield Told(*line.clause_span(found.first), ANOTHER)
    for found in listed("people", "other_phrases").all(line.marks):
        yield from relative(line, found.first, found.last, ANOTHER, is_family)


def _joined(line: Line, at: int) -> str:
    """ "brother and sister" is one subject of two names."""
    before = line.keys[max(0, at - 3) : at]
    known = [key for key in before if key in persons()]
    name = same_person(line.keys[at])
    if known and not {"and", "or", "/"}.isdisjoint(before):
        return f"{same_person(known[-1])}+{name}"
    return name


def _is_patients(line: Line, at: int) -> bool:
    """A reporting verb whose subject is the patient, said or understood."""
    for back in range(at - 1, max(-1, at - 4), -1):
        key = line.keys[back]
        if key in words("people", "patient"):
            return key != "they"  # as often the family
        if key in persons() or key in words("people", "staff"):
            return False
        if line.clause[back] != line.clause[at]:
            return True
        if key in ("was", "were", "is", "are", "been", "be"):
            return False
    if at == 0 or line.keys[at - 1] in words("people", "opens"):
        return True
    return line.clause[at - 1] != line.clause[at]


def _owns_up(line: Line, at: int) -> bool:
    """ "Admitted to drinking" is said, "admitted to hospital" is done."""
    ahead = line.keys[at + 1 : at + 3]
    if line.keys[at] not in ("admitted", "admits"):
        return ahead[:1] != ["by"]
    return any(key == "that" or key.endswith("ing") for key in ahead)
