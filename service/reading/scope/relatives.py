"""A relative or another person in a phrase: spoken of, or telling of the patient."""

from collections.abc import Iterator, Sequence

from service.reading.assertions import Says
from service.reading.scope.line import Line
from service.reading.scope.persons import ANOTHER, PER, Told, persons
from service.reading.scope.phrases import words

_SOON = 3  # words after the colon of "Mother:"
_NAMED = 5  # tokens between a person and "who": name, age, comma
_OWNED = 3  # words: "his sister's recent suicide attempt"


def relative(line: Line, first: int, last: int, name: str, is_family: bool) -> Iterator[Told]:
    before = word_before(line, first)
    is_label = before == "" and not is_family and _speaks(line, last)
    if before in PER:
        yield Told(*line.clause_span(first), says=Says.COLLATERAL, who=name)
    elif reports(line, last) or before == "collateral" or is_label:
        yield Told(first, told_end(line, first), says=Says.COLLATERAL, who=name)
    elif line.tokens[last - 1].owns and not _is_taken(line, first):
        yield Told(last, min(last + _OWNED, len(line.keys)), name)
    else:
        yield from _subject(line, first, last, name)
        yield from _relative_clause(line, last, name)


def _is_taken(line: Line, first: int) -> bool:
    """ "Took two of his wife's tablets" tells of the patient."""
    return not words("people", "takes").isdisjoint(line.keys[max(0, first - 5) : first])


def told_end(line: Line, at: int) -> int:
    """What somebody tells goes on until the patient is said to tell something."""
    patient, verbs = words("people", "patient"), words("people", "reporting")
    for n in range(at + 2, len(line.keys) - 1):
        if line.keys[n] == "." and line.clause[n] != line.clause[n - 1]:
            return n
        if (
            line.keys[n] in patient
            and line.keys[n + 1] in verbs
            and line.piece[n - 1] != line.piece[at]
        ):
            return n
    return len(line.keys)


def _speaks(line: Line, at: int) -> bool:
    """ "Mother: he has been cutting" quotes her; "Brother: mania" is about him."""
    ahead = line.keys[at : at + 1 + _SOON]
    said = {'"', "“", "his", "her", "their"} | words("people", "patient")
    return ahead[:1] == [":"] and not (said | words("people", "reporting")).isdisjoint(ahead)


def _subject(line: Line, first: int, last: int, name: str) -> Iterator[Told]:
    """ "Depression in his mother", "his mother had", "his mother, depression"; not "told his
    mother"."""
    before, after = word_before(line, first), line.keys[last : last + 1]
    keeps = after in (["keeps"], ["kept"]) and line.keys[last + 1 : last + 2] in (["a"], ["an"])
    if not keeps and not words("people", "acting").isdisjoint(after):
        return
    if not words("people", "for_patient").isdisjoint(after):
        yield Told(first, last, name)
        return
    is_owner = name == ANOTHER or not words("people", "possessing").isdisjoint(after)
    if before == "in" or (before in ("of", "(") and not is_owner):
        yield Told(_piece_start(line, first, before == "("), first, name)
    elif is_owner or (_opens(before) and before not in words("people", "beside")):
        yield Told(max(0, first - 1), _subject_end(line, last), name)


def _relative_clause(line: Line, last: int, name: str) -> Iterator[Told]:
    """ "Lives with her partner, who is at work"."""
    for at in range(last, min(last + _NAMED, len(line.keys))):
        if line.keys[at] == "who":
            yield Told(at, line.clause_span(at)[1], name)
            return


def _opens(before: str) -> bool:
    return before in ("", "for") or before in words("people", "opens")


def _piece_start(line: Line, first: int, is_bracketed: bool) -> int:
    """Where the comma piece begins; with a bracket the piece before it."""
    return line.pieces[max(0, line.piece[first] - is_bracketed)].start


def word_before(line: Line, first: int) -> str:
    """The word before a person, the words of whose it is left out; "" at the beginning."""
    at = first - 1
    seen_of = False
    while at >= 0 and line.keys[at] in words("people", "owners") | words("people", "kinship"):
        seen_of |= line.keys[at] == "of"
        at -= 1
    if seen_of:
        return "of"
    if line.keys[max(0, at - 1) : at + 1] == ["according", "to"]:
        return "according"
    return line.keys[at] if at >= 0 else ""


def reports(line: Line, at: int) -> bool:
    """Does a reporting verb follow at once ("mother reports", "mother also says")?"""
    ahead = line.keys[at : at + 2]
    verbs = words("people", "reporting")
    if len(ahead) == 2 and ahead[1] in verbs and _is_name(ahead[0]):
        return True
    return bool(ahead) and (
        ahead[0] in verbs or (ahead[0] in ("also", "who") and ahead[-1] in verbs)
    )


def _is_name(key: str) -> bool:
    """No word of ours: "sister Maria reports"."""
    kinds = ("possessing", "acting", "patient", "owners", "opens", "beside")
    known = words("clauses", "finite").union(*(words("people", kind) for kind in kinds))
    return key.isalpha() and key not in known and key not in persons()


def _subject_end(line: Line, at: int) -> int:
    """A relative is spoken of up to the end of the clause ("who ..." with it), or up to the
    patient."""
    stop = line.clause_span(at)[1]
    if line.keys[stop : stop + 1] == ["who"]:
        stop = line.clause_span(stop)[1]
    mine: Sequence[str] = ("patient", "pt", "personal")
    if line.keys[at - 1] in ("family", "parents"):  # they are several: she is the patient
        mine = (*mine, "her", "him", "his", "she", "he")
    return next((end for end in range(at, stop) if line.keys[end] in mine), stop)
