"""Columns that hold chart text: sealed on the way in, opened on the way out."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Column, Dialect, LargeBinary, Table, TypeDecorator

from service.sealing.cipher import DataKey, is_plain, opened, seal
from service.sealing.keyring import keyring_of

AS_BYTES: dict[type, Callable[[Any], bytes]] = {
    str: str.encode,
    bytes: bytes,
    dict: lambda value: json.dumps(value).encode(),
    list: lambda value: json.dumps(value).encode(),
}
_AS_VALUE: dict[type, Callable[[bytes], Any]] = {
    str: bytes.decode,
    bytes: bytes,
    dict: orjson.loads,
    list: orjson.loads,
}


@dataclass(frozen=True)
class Mark:
    """With which key, and for which row, a value is to be sealed."""

    key: DataKey
    row: bytes


class Sealed(TypeDecorator[Any]):
    """A str, bytes, dict or list that the database holds sealed. It takes only values that
    `marked` has told whose they are, and what is empty; it cannot be searched or sorted by."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, kind: type = str) -> None:
        super().__init__()
        self.kind = kind

    place = ""  # "table.column", set when the table is made

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        if value is None or not value:
            return None if value is None else b""
        mark = getattr(value, "mark", None)
        if mark is None:
            raise TypeError(f"Nobody has said whose text this is, on its way to {self.place}.")
        plain = AS_BYTES[self.kind](value)
        is_packed = self.kind is bytes
        return seal(mark.key, plain, place=self.place, row=mark.row, is_packed=is_packed)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        if value is None or not value:
            return None if value is None else self.kind()
        kept = bytes(value)
        if is_plain(kept):
            return _AS_VALUE[self.kind](kept[1:])
        key = keyring_of(dialect).named(kept[1:17])
        return _AS_VALUE[self.kind](opened(key, kept, place=self.place))


_MARKED = {kind: type(f"Marked{kind.__name__}", (kind,), {}) for kind in AS_BYTES}


def marked(value: Any, column: Column[Any], mark: Mark) -> Any:
    """The same value, which knows how it is to be sealed."""
    if not value:
        return value
    kind = column.type.kind  # type: ignore[attr-defined]
    same = _MARKED[kind](value)
    same.mark = mark
    return same


def sealed_columns(table: Table) -> tuple[Column[Any], ...]:
    """Those of this table that are sealed."""
    return tuple(column for column in table.columns if isinstance(column.type, Sealed))


def place_columns(table: Table) -> None:
    """Tell each where it stands."""
    for column in sealed_columns(table):
        column.type.place = f"{table.name}.{column.name}"  # type: ignore[attr-defined]
