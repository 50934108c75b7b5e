"""A relative or another person in a phrase: spoken of, or telling of the patient."""

from collections.abc import Iterator, Sequence

from service.reading.assertions import Says
from service.reading.scope.line import Line
from service.reading.scope.persons import ANOTHER, PER, Told, persons
from service.reading.scope.phrases import words

_SOON = 3  # words after the colon of "Mother:"
_NAMED = 5  # tokens between a person and "who": name, age, comma
_BRACKETED = 8  # tokens of "(joined for the last 5 minutes)"
_OWNED = 3  # words: "his sister's recent suicide attempt"


def relative(line: Line, first: int, last: int, name: str, is_family: bool) -> Iterator[Told]:
    before = word_before(line, first)
    if before in ("and", "&", "or") and _is_with_patient(line, first):
        return  # "he and his wife declined"
    is_label = before == "" and not is_family and _speaks(line, last)
    if before in PER:
        yield Told(*line.clause_span(first), says=Says.COLLATERAL, who=name)
    elif before == "collateral" or is_label or _tells(line, last):
        yield Told(first, told_end(line, first), says=Says.COLLATERAL, who=name)
    elif line.tokens[last - 1].owns or line.keys[last : last + 1] in (["'"], ["’"]):
        if not _is_taken(line, first):
            yield Told(last, min(last + _OWNED, len(line.keys)), name)
    else:
        yield from _subject(line, first, last, name)
        yield from _relative_clause(line, last, name)


def _is_with_patient(line: Line, first: int) -> bool:
    return not words("people", "patient").isdisjoint(line.keys[max(0, first - 4) : first])


def _tells(line: Line, last: int) -> bool:
    end = _named_end(line, last)
    way = line.keys[last:end]
    is_call = ":" in way and not words("people", "by_way").isdisjoint(way)
    return is_call or reports(line, last) or reports(line, end)


def _named_end(line: Line, at: int) -> int:
    """Behind a name or a way of telling: "wife (Lorna) says", "sister, Corinne, reports", "mother
    Ines rang: he drinks"."""
    keys = line.keys
    if keys[at : at + 1] in (["("], [","]):
        closing = ")" if keys[at] == "(" else ","
        ends = range(at + 1, min(at + _BRACKETED, len(keys)))
        at = next((n + 1 for n in ends if keys[n] == closing), at)
    elif keys[at : at + 1] and _is_name(keys[at]) and keys[at + 1 : at + 2] in ([":"], ["("]):
        at = _named_end(line, at + 1)
    while keys[at : at + 1] and (keys[at] == ":" or keys[at] in words("people", "by_way")):
        at += 1
    return at


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
    before = word_before(line, first)
    if line.keys[last : last + 1] == ["("]:
        behind = _named_end(line, last)
        yield Told(last, behind, name)  # "his brother (overdose 2019)"
        last = behind
    after = line.keys[last : last + 1]
    keeps = after in (["keeps"], ["kept"]) and line.keys[last + 1 : last + 2] in (["a"], ["an"])
    if not keeps and _acts(line, last):
        return
    if not words("people", "for_patient").isdisjoint(after):
        yield Told(first, last, name)
        return
    is_owner = name == ANOTHER or not words("people", "possessing").isdisjoint(after)
    if before == "lost" or _is_mourned(line, first):
        yield Told(last, line.clause_span(first)[1], name)
        return
    if before == "in" or (before in ("of", "(") and not is_owner):
        start = _piece_start(line, first, before == "(")
        if words("people", "patient").isdisjoint(line.keys[start:first]):
            yield Told(start, first, name)
    elif is_owner or (_opens(before) and before not in words("people", "beside")):
        yield Told(max(0, first - 1), _subject_end(line, last), name)


def _is_mourned(line: Line, first: int) -> bool:
    """ "The loss of her twin to cancer"."""
    before = line.keys[max(0, first - 4) : first]
    return "of" in before and not {"loss", "death", "passing", "bereavement"}.isdisjoint(before)


def _acts(line: Line, at: int) -> bool:
    """ "His wife has found him", "will visit", "is worried": her deed, her view of the patient."""
    acting, helping = words("people", "acting"), words("people", "helping")
    ahead = line.keys[at : at + 3]
    seen = next((n for n, key in enumerate(ahead) if key not in helping), len(ahead))
    return seen < len(ahead) and (ahead[seen] in acting)


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
    kinds = ("possessing", "acting", "patient", "owners", "opens", "beside", "helping")
    known = words("clauses", "finite").union(*(words("people", kind) for kind in kinds))
    return key.isalpha() and key not in known and key not in persons()


def _subject_end(line: Line, at: int) -> int:
    """A relative is spoken of up to the end of the clause ("who ..." with it), or up to the
    patient."""
    stop = line.clause_span(at)[1]
    if line.keys[stop : stop + 1] == ["who"]:
        stop = line.clause_span(stop)[1]
    mine: Sequence[str] = ("patient", "pt", "personal", "that", "about", "whether")
    if line.keys[at - 1] in ("family", "parents"):  # they are several: she is the patient
        mine = (*mine, "her", "him", "his", "she", "he")
    he = words("people", "pronouns")
    own = line.piece[at - 1]
    return next(
        (n for n in range(at, stop) if line.keys[n] in (he if line.piece[n] != own else mine)),
        stop,
    )
