"""What the tests of structure ask of a text."""

from service.reading.layout import Section, Stance, State
from service.reading.structure import read_structure


def units(text, **how):
    return read_structure(text, **how).units


def stances(text):
    """The words of every unit with its stance, those of forms left out."""
    return [
        (unit.words(text), unit.stance.value)
        for unit in units(text)
        if unit.state is not State.TEMPLATE
    ]


def sections(text):
    return [(unit.words(text), unit.section.value) for unit in units(text)]


def states(text):
    return [(unit.words(text), unit.state.value) for unit in units(text)]


def shown(text):
    """The units' places, as evidence is shown."""
    return [text[u.place.start : u.place.end] for u in units(text)]


__all__ = ["Section", "Stance", "State", "sections", "shown", "stances", "states", "units"]
