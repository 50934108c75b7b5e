"""How a note is laid out: text -> Structure, the first step of reading."""

from service.reading.structure.read import read_structure

__all__ = ["read_structure"]
