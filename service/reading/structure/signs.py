"""Things with a sign or an answer each: "SI-/HI-/AVH+", "+SI, -HI", "SI - denied, AH - present"."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from service.reading.layout import Place, Stance
from service.reading.structure.sentences import trimmed
from service.reading.structure.words import answer_of

_PIECE = re.compile(
    r"[,;/|]|\s{2,}|\s(?=\([+-]\)\s?[A-Za-z]|[+-][A-Za-z])|(?<=[A-Za-z][+-])\s|(?<=\w\([+-]\))\s|\s(?:and|but)\s"
)
_LEADING = re.compile(r"\(?(?P<sign>[+-])\)?\s?(?=[A-Za-z])")
_TRAILING = re.compile(r"(?<=[\w)])\s?\(?(?P<sign>\+|-|\+ve|-ve)\)?$")
_ANSWERED = re.compile(
    r"(?P<name>.{2,50}?)\s(?:-|=|--)>?\s?(?P<answer>[A-Za-z][A-Za-z /]{1,24}?)"
    r"(?:\s?\((?P<detail>[^()]{1,60})\))?$"
)
_LEADS = re.compile(r",\s?[+-][A-Za-z]{2}")  # signs among other things: "low mood, -SI/HI"
LONGEST = 400


class Signed(NamedTuple):
    place: Place
    name: Place
    stance: Stance
    detail: Place | None = None

    @property
    def parts(self) -> tuple[Place, ...]:
        return (self.name, self.detail) if self.detail else (self.name,)


def signed(text: str, place: Place) -> list[Signed]:
    """The signed things of a text that is made of nothing else; else none."""
    if place.end - place.start > LONGEST or not any(
        c in text[place.start : place.end] for c in "+-="
    ):
        return []
    found: list[Signed] = []
    is_mixed = _LEADS.search(text, place.start, place.end) is not None
    for piece in _pieces(text, place):
        told = _signed(text, piece)
        before = found[-1] if found else None
        if before and not told and _is_joined(text, before, piece):
            found[-1] = before._replace(
                place=Place(before.place.start, piece.end), name=Place(before.name.start, piece.end)
            )
        elif told or is_mixed or " - " in text[piece.start : piece.end]:
            found.append(told or Signed(piece, piece, Stance.PLAIN))
        else:
            return []
    return found if any(thing.stance is not Stance.PLAIN for thing in found) else []


def _is_joined(text: str, before: Signed, piece: Place) -> bool:
    """Does a piece go on with the one before it: "-SI/HI", "low mood and anhedonia"?"""
    if before.stance is Stance.PLAIN:
        return True
    is_led = text[before.place.start] in "+-(" and text[before.place.end - 1] not in "+-)"
    return is_led and text[before.place.end : piece.start] == "/"


def _pieces(text: str, place: Place) -> Iterator[Place]:
    start = place.start
    stop = place.end - (text[place.end - 1] in ".;,")
    for mark in _PIECE.finditer(text, place.start, stop):
        if (piece := trimmed(text, start, mark.start())).start < piece.end:
            yield piece
        start = mark.end()
    if (piece := trimmed(text, start, stop)).start < piece.end:
        yield piece


def _signed(text: str, piece: Place) -> Signed | None:
    said = text[piece.start : piece.end]
    if len(said.split()) > 8:
        return None
    leading, trailing = _LEADING.match(said), _TRAILING.search(said)
    if leading and not trailing:
        name = Place(piece.start + leading.end(), piece.end)
        return Signed(piece, name, _stance(leading["sign"]))
    if trailing and not leading:
        return Signed(
            piece, Place(piece.start, piece.start + trailing.start()), _stance(trailing["sign"])
        )
    answered = _ANSWERED.match(said)
    stance = answer_of(answered["answer"]) if answered else None
    if not answered or not stance:
        return None
    name = Place(piece.start, piece.start + answered.end("name"))
    start, end = (piece.start + at for at in answered.span("detail"))
    return Signed(piece, name, stance, Place(start, end) if answered["detail"] else None)


def _stance(sign: str) -> Stance:
    return Stance.YES if sign[0] == "+" else Stance.NO
