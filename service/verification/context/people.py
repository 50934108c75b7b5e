"""Of whom a sentence speaks and who says so: relatives, others, reporting verbs."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from service.verification.context.clauses import Line
from service.verification.context.cues import listed
from service.verification.context.tokens import tokens
from service.verification.context.vocabulary import PATIENT, Says
from service.verification.words import load

_OWNERS = frozenset(
    [
        "my",
        "his",
        "her",
        "their",
        "the",
        "our",
        "your",
        "pt",
        "patient",
        "patient's",
        "pts",
        "a",
        "an",
        "of",
    ]
)
_OPENS = frozenset(
    [
        "and",
        "but",
        "that",
        "because",
        "when",
        "if",
        "as",
        "while",
        "where",
        ",",
        ";",
        ":",
        ".",
        "(",
        "-",
        "–",
        "—",
        "/",
        "•",
    ]
)
_PRONOUNS = frozenset(("he", "she", "they", "i"))
FAMILY = "family"
ANOTHER = "another person"
_SOON = 3  # words after the colon of "Mother:"
_OWNED = 3  # words: "his sister's recent suicide attempt"


class Told(NamedTuple):
    """tokens[first:last] are of `subject` (or said by `says`)."""

    first: int
    last: int
    subject: str = ""
    says: Says = Says.UNSAID


@lru_cache(maxsize=1)
def _sets() -> dict[str, frozenset[str]]:
    return {
        name: frozenset(words)
        for name, words in load("context.toml")["people"].items()
        if name != "same"
    }


def same_person(name: str) -> str:
    """One name for a relative who has several ("mom", "mother")."""
    known: dict[str, str] = load("context.toml")["people"]["same"]
    return known.get(name, name)


def is_same(one: str, other: str) -> bool:
    """Is a subject the same: "family" is any relative, "brother+sister" either."""
    ours, theirs = ({same_person(n) for n in name.split("+")} for name in (one, other))
    return bool(ours & theirs) or (FAMILY in ours | theirs and PATIENT not in ours | theirs)


def persons() -> frozenset[str]:
    """The words for somebody other than the patient."""
    return _sets()["relatives"] | _sets()["others"]


def names(text: str, subject: str) -> bool:
    """Does a text name this relative at all? What it says of whom may be beyond our grammar."""
    wanted = {same_person(name) for name in subject.split("+")} & persons()
    return bool(wanted) and any(same_person(token.key) in wanted for token in tokens(text))


def is_relative(name: str) -> bool:
    return name == FAMILY or not {*name.split("+")}.isdisjoint(_sets()["relatives"])


def told(line: Line, section: str = "") -> Iterator[Told]:
    """Everything that changes subject or speaker, in the order of the text.

    Under a family history "Brother:" has what follows; elsewhere he says it.
    """
    skipped = {f.first for f in listed("people", "family_none").all(line.keys)}
    for phrase in listed("people", "family_phrases").all(line.keys):
        skipped |= set(range(phrase.first, phrase.last))
    yield from _phrases(line, section)
    for at, key in enumerate(line.keys):
        if at in skipped:
            continue
        if key in _sets()["relatives"] or key in _sets()["others"]:
            yield from _person(line, at, at + 1, _joined(line, at), section)
        elif section == FAMILY and key in _sets()["patient"] - _PRONOUNS:
            yield Told(at, _clause_end(line, at), PATIENT)
        elif key in _sets()["staff"] and _reports(line, at + 1):
            yield Told(at, len(line.keys), says=Says.COLLATERAL)
        elif key in _sets()["reporting"] and _is_patients(line, at):
            is_own = section == FAMILY and ":" not in line.keys[:at]
            subject = PATIENT if is_own else ""
            yield Told(at, _clause_end(line, at), subject, Says.PATIENT)
    yield from _observed(line)


def _phrases(line: Line, section: str) -> Iterator[Told]:
    """What whole phrases tell of the family, or of another."""
    for found in listed("people", "family_phrases").all(line.keys):
        yield Told(found.last, _clause_end(line, found.last), FAMILY)
    for found in listed("people", "family_around").all(line.keys):
        yield Told(0, _clause_end(line, found.last - 1), FAMILY)
    for found in listed("people", "another_around").all(line.keys):
        yield Told(_clause_start(line, found.first), _clause_end(line, found.first), ANOTHER)
    for found in listed("people", "other_phrases").all(line.keys):
        yield from _person(line, found.first, found.last, ANOTHER, section)


def _joined(line: Line, at: int) -> str:
    """ "brother and sister" is one subject of two names."""
    before = line.keys[max(0, at - 3) : at]
    known = [key for key in before if key in persons()]
    return (
        f"{known[-1]}+{line.keys[at]}"
        if known and {"and", "or", "/"} & {*before}
        else line.keys[at]
    )


def tells(line: Line) -> bool:
    """Does it begin with what the patient says ("Reports ...", "Today denies ...")?"""
    verbs = _sets()["reporting"]
    return any(
        key in verbs and (at == 0 or _is_patients(line, at) or line.keys[0] == "today")
        for at, key in enumerate(line.keys[:_SOON])
    )


def _observed(line: Line) -> Iterator[Told]:
    for found in listed("people", "observed").all(line.keys):
        yield Told(found.first, _clause_end(line, found.first), says=Says.OBSERVED)


def _person(line: Line, first: int, last: int, name: str, section: str) -> Iterator[Told]:
    keys, before = line.keys, _before(line, first)
    is_label = before == "" and section != FAMILY and _speaks(line, last)
    if _reports(line, last) or before in ("per", "collateral", "according") or is_label:
        yield Told(first, len(keys), says=Says.COLLATERAL)
    elif line.tokens[last - 1].owns:
        yield Told(last, min(last + _OWNED, len(keys)), name)
    else:
        yield from _subject(line, first, last, name)


def _speaks(line: Line, at: int) -> bool:
    """ "Mother: he has been cutting" quotes her; "Brother: mania" is about him."""
    ahead = line.keys[at : at + 1 + _SOON]
    said = {'"', "“", "his", "her", "their"} | _sets()["patient"] | _sets()["reporting"]
    return ahead[:1] == [":"] and not said.isdisjoint(ahead)


def _subject(line: Line, first: int, last: int, name: str) -> Iterator[Told]:
    """ "Depression in his mother", "his mother had", "his mother, depression"; not "told his
    mother"."""
    before, after = _before(line, first), line.keys[last : last + 1]
    if not _sets()["acting"].isdisjoint(after):
        return
    is_owner = name == ANOTHER or not _sets()["possessing"].isdisjoint(after)
    if before == "in" or (before in ("of", "(") and not is_owner):
        yield Told(_piece_start(line, first, before == "("), first, name)
    elif is_owner or ((before in ("", "for") or before in _OPENS) and not _is_beside(before)):
        yield Told(max(0, first - 1), _subject_end(line, last), name)


def _is_beside(word: str) -> bool:
    return word in _sets()["beside"]


def _piece_start(line: Line, first: int, is_bracketed: bool) -> int:
    """Where the comma piece begins; with a bracket the piece before it."""
    start = first
    while start > 0 and line.piece[start - 1] >= line.piece[first] - is_bracketed:
        start -= 1
    return start


def _before(line: Line, first: int) -> str:
    """The word before a person, the words of whose it is left out; "" at the beginning."""
    at = first - 1
    seen_of = False
    while at >= 0 and (line.keys[at] in _OWNERS or line.keys[at] in _KINSHIP):
        seen_of |= line.keys[at] == "of"
        at -= 1
    if seen_of:
        return "of"
    if at >= 1 and line.keys[at] == "to" and line.keys[at - 1] == "according":
        return "according"
    return line.keys[at] if at >= 0 else ""


_KINSHIP = frozenset(
    [
        "maternal",
        "paternal",
        "older",
        "younger",
        "elder",
        "eldest",
        "biological",
        "adoptive",
        "late",
    ]
)


def _reports(line: Line, at: int) -> bool:
    """Does a reporting verb follow at once ("mother reports", "mother also says")?"""
    ahead = line.keys[at : at + 2]
    if not ahead:
        return False
    verbs = _sets()["reporting"]
    return ahead[0] in verbs or (
        len(ahead) > 1 and ahead[0] in ("also", "who") and ahead[1] in verbs
    )


def _is_patients(line: Line, at: int) -> bool:
    """A reporting verb whose subject is the patient, said or understood."""
    people = _sets()
    for back in range(at - 1, max(-1, at - 4), -1):
        key = line.keys[back]
        if key in people["patient"]:
            return key != "they"  # as often the family
        if key in people["relatives"] or key in people["others"] or key in people["staff"]:
            return False
        if line.clause[back] != line.clause[at]:
            return True
        if key in ("was", "were", "is", "are", "been", "be"):
            return False
    return at == 0 or line.keys[at - 1] in _OPENS or line.clause[at - 1] != line.clause[at]


def _clause_start(line: Line, at: int) -> int:
    return next(n for n, clause in enumerate(line.clause) if clause == line.clause[at])


def _clause_end(line: Line, at: int) -> int:
    end = at
    while end < len(line.keys) and line.clause[end] == line.clause[min(at, len(line.keys) - 1)]:
        end += 1
    return end


def _subject_end(line: Line, at: int) -> int:
    """A relative is spoken of up to the end of the clause ("who ..." with it), or up to the
    patient."""
    end = at
    stop = _clause_end(line, at)
    if line.keys[stop : stop + 1] == ["who"]:
        stop = _clause_end(line, stop)
    mine: Sequence[str] = ("patient", "pt", "personal")
    if line.keys[at - 1] in ("family", "parents"):  # they are several: she is the patient
        mine = (*mine, "her", "him", "his", "she", "he")
    while end < stop and line.keys[end] not in mine:
        end += 1
    return end
