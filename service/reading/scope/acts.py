"""What is done with each thing: taken, started, held, stopped, only considered."""

from collections.abc import Sequence
from typing import NamedTuple

from service.reading.assertions import Act
from service.reading.scope.line import Line
from service.reading.scope.phrases import Cue, Found, cues, listed, words
from service.reading.scope.pieces import STRONG, WEAK


class Done(NamedTuple):
    """The word for the act is tokens [at:end), -1 where there is none. `is_whole`: the word
    holds its own denial ("would not take" declines)."""

    act: Act
    at: int = -1
    end: int = -1
    is_whole: bool = False


_IT = frozenset(("it", "to", "take", "taking", "them", "this", "these", "either", "any", "both"))
_LITTLE = frozenset(
    ("but", "and", "the", "then", "later", "since", "now", "it", "self", "has", "have", "had")
)
_MOST_DOSES = 4  # pieces between a medicine and the word that it was stopped
_JOINING = frozenset(("but", "and", "then", "later"))
_ENDS = ("stopped", "declined")
_CHANGES = ("increased", "reduced")
_OVER = (Act.STOPPED, Act.HELD, Act.DECLINED)
_TO = frozenset(("to", "a", "an", "the", "any", "another", "further", "dose"))
_NOT = frozenset(("not", "no", "never", "cannot"))
NOTHING = Done(Act.NONE)
# What says more of a thing than another act beside it ("take 1 tablet as needed").
_WINS = {
    Act.AS_NEEDED: 2,
    Act.NOT_FILLED: 2,
    Act.AVOID: 2,
    Act.CONSIDERED: 1,
    Act.DECLINED: 2,
}


def acts(line: Line) -> list[Done]:
    """The act at each token."""
    answers = [NOTHING] * len(line.keys)
    found = [f for f in cues("acts").all(line.marks) if f.cue.gives != "nothing"]
    found = [
        f for f, before in zip(found, [None, *found], strict=False) if _is_done(line, f, before)
    ]
    behind = [_is_behind(line, f) or _is_relative(line, f) for f in found]
    ends = [f.first for f in listed("acts", "stops").all(line.marks)]
    ends = sorted(
        [*ends, *(f.first for f, is_behind in zip(found, behind, strict=True) if not is_behind)]
    )
    taken, last = 0, range(0)  # where the act before ended, and what it was done with
    for cue, is_behind in zip(found, behind, strict=True):
        if cue.cue.reach == "swap":
            _swap(line, answers, cue)
        elif cue.cue.reach == "own":
            _paint(line, answers, range(cue.first, cue.last), cue)
        else:
            reached = (
                _behind(line, cue, taken, last) if is_behind else _ahead(line, cue, ends, last)
            )
            if _is_relative(line, cue) and cue.cue.gives not in _ENDS:
                # "Stopped omeprazole, which the GP had begun": the later act stands
                reached = range(0) if any(answers[at] != NOTHING for at in reached) else reached
            if goes_to(line, cue.first):
                reached = _of_change(line, answers, cue)
            _paint(line, answers, reached, cue)
            taken, last = (cue.last if is_behind else taken), reached or last
    return answers


def _ahead(line: Line, cue: Found, ends: Sequence[int], last: range) -> range:
    """Up to the next act; "refuses to take it" is of what was named before."""
    is_passive = cue.first > 0 and line.keys[cue.first - 1] in words("acts", "passive")
    if is_passive and cue.cue.gives == "declined":
        return range(0)  # "was refused a bed": others declined it
    reached = line.reach(cue, "clause", ends)
    said = {line.keys[at] for at in reached if line.keys[at][0].isalnum()}
    if said and said <= _IT:
        return last or range(0, cue.first)
    return range(0) if _is_change_declined(line, cue, reached) else reached


def _of_change(line: Line, answers: Sequence[Done], cue: Found) -> range:
    """ "Sertraline helps; increase to 100 mg": what its own clause named, else the one before, up
    to the end of its piece; not what was ended before ("do not stop it; reduce to ...")."""
    start = line.clause_span(cue.first)[0]
    if start and not _names(line, start, cue.first):
        start = line.clause_span(start - 1)[0]
    ended = (at + 1 for at in range(cue.first - 1, start - 1, -1) if answers[at].act in _OVER)
    return range(next(ended, start), line.pieces[line.piece[cue.first]].end)


def goes_to(line: Line, at: int) -> bool:
    """Is it a change to a number, that does not name what is changed: "reduce to 750 mg"?"""
    is_change = line.keys[at] in words("acts", "to_dose")
    number = line.keys[at + 2 : at + 3]
    return (
        is_change
        and line.keys[at + 1 : at + 2] == ["to"]
        and number != []
        and number[0][0].isdigit()
    )


def _is_done(line: Line, cue: Found, before: Found | None) -> bool:
    """Not the increase of "declined an increase of lithium"."""
    if before is None or before.cue.gives != "declined" or cue.cue.gives not in _CHANGES:
        return True
    return any(key not in _TO for key in line.keys[before.last : cue.first])


def _is_change_declined(line: Line, cue: Found, reached: range) -> bool:
    """ "Refused a lithium increase": it goes on as it was."""
    changes, keys = words("acts", "changes"), line.keys[: reached.stop + 1]
    is_next = len(keys) > 1 and keys[-2].isalnum() and keys[-1] in changes
    is_within = any(line.keys[at] in changes for at in reached)
    return cue.cue.gives == "declined" and (is_next or is_within)


def _paint(line: Line, answers: list[Done], reached: range, cue: Found) -> None:
    is_whole = not _NOT.isdisjoint(line.keys[cue.first : cue.last])
    done = Done(Act(cue.cue.gives), cue.first, cue.last, is_whole)
    is_end = done.act is Act.STOPPED  # "prn until May, stopped in June"; what began anew goes on
    rank = max(_WINS.values()) if is_end else _WINS.get(done.act, 0)
    for at in reached:
        if _WINS.get(answers[at].act, 0) <= rank:
            answers[at] = done


def _swap(line: Line, answers: list[Done], cue: Found) -> None:
    """ "Lithium was replaced by valproate", "switched from lithium to valproate"."""
    start, end = line.clause_span(cue.first)
    middle = cue.last
    if line.keys[cue.last - 1] == "from":
        start = cue.last
        middle = next((n for n in range(start, end) if line.keys[n] == "to"), end)
    elif "from" in line.keys[start : cue.first]:
        return
    _paint(line, answers, range(start, middle), cue)
    _paint(line, answers, range(middle, end), cue._replace(cue=Cue("started", "swap")))


def _is_behind(line: Line, cue: Found) -> bool:
    """Does an act stand behind what it is done with?"""
    keys = line.keys
    if cue.cue.reach == "ahead":
        is_led = cue.first > 0 and keys[cue.first - 1] in words("acts", "passive") | _JOINING
        return is_led and cue.cue.gives in _ENDS and _is_last(line, cue)
    if cue.cue.reach == "back":
        return True
    if cue.first and keys[cue.first - 1] in words("acts", "passive") and keys[cue.first] != "off":
        return _names(line, line.clause_span(cue.first)[0], cue.first)  # not "she was given ..."
    return _is_last(line, cue)


def _is_last(line: Line, cue: Found) -> bool:
    """Does an act end what it speaks of, or stand before when and why?"""
    after = line.marks[cue.last] if cue.last < len(line.keys) else "."
    is_last = after in STRONG or after in WEAK or after == ":" or after in words("acts", "turns")
    return is_last and any(k[0].isalnum() for k in line.keys[: cue.first])


def _is_relative(line: Line, cue: Found) -> bool:
    """ "Amitriptyline, which I stopped in May": what stands before "which" is the object."""
    start, _ = line.clause_span(cue.first)
    is_object = start > 0 and not line.keys[start - 1].isalpha()  # not "a quarrel in which he"
    is_near = line.piece[start] == line.piece[cue.first]
    is_both = cue.cue.reach == "both" and line.keys[start] == "which"
    return is_both and is_object and is_near and _has_actor(line.keys[start + 1 : cue.first])


def _has_actor(keys: Sequence[str]) -> bool:
    return any(key.isalpha() and key not in words("acts", "passive") | _LITTLE for key in keys)


def _names(line: Line, start: int, end: int) -> bool:
    """Is more than the patient, a day or a number named there?"""
    nobody = words("people", "patient") | words("acts", "passive") | _LITTLE
    return any(key[0].isalpha() and key not in nobody for key in line.keys[start:end])


def _hung_on(line: Line, cue: Found) -> range:
    """ "Quetiapine 50 mg (sedation, stopped 9/10)": an end that stands for itself in brackets is of
    what the brackets hang on."""
    if line.keys[cue.first - 1] not in (",", ";"):
        return range(0)
    before = line.keys[: cue.first]
    opened = len(before) - 1 - before[::-1].index("(") if "(" in before else 0
    if not opened or ")" in before[opened:]:
        return range(0)
    return range(line.clause_span(opened - 1)[0], opened)


def _behind(line: Line, cue: Found, taken: int, last: range) -> range:
    """Back to what was named behind the act before; where its own clause names nothing, what the
    act before was done with ("ECT was offered; patient declined")."""
    if _is_relative(line, cue):
        which = line.clause_span(cue.first)[0]
        return range(line.clause_span(which - 1)[0] if which else 0, which)
    if hung := _hung_on(line, cue):
        return hung
    reached = line.reach(cue, "back")
    if last and not _names(line, line.pieces[line.piece[cue.first]].start, cue.first):
        return range(_of_dose(line, last.start, last.stop), last.stop)
    if not _names(line, reached.start, cue.first):
        start = line.clause_span(reached.start - 1)[0] if reached.start else reached.stop
        if start and line.keys[start] in ("which", "who"):  # "X, which A began, was stopped"
            start = line.clause_span(start - 1)[0]
        return range(start, reached.stop)
    start = max(reached.start, taken)
    if not _names(line, start, reached.stop):
        return last
    return range(max(_of_dose(line, start, reached.stop), taken), reached.stop)


def _of_dose(line: Line, start: int, end: int) -> int:
    """ "Lithium 300 mg, take 300 mg at bedtime, stopped": a piece that tells how it is taken and
    names nothing is of the thing before it."""
    directs = words("acts", "directs") | words("acts", "bids")
    number, least = line.piece[start], max(0, line.piece[start] - _MOST_DOSES)
    while number > least and line.pieces[number - 1].clause == line.pieces[number].clause:
        said = (n for n in range(line.pieces[number].start, end) if line.keys[n][0].isalnum())
        if not all(n in line.dosed or line.keys[n] in directs for n in said):
            break
        number, end = number - 1, line.pieces[number].start
    return line.pieces[number].start if number < line.piece[start] else start
