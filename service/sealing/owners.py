"""Whose a row is: by its patient_ref, or by the rows that it hangs on."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, ForeignKey, Table, select

NOBODYS = ""
Known = dict[tuple[str, Any], str | None]


def owner_of(connection: Connection, table: Table, row: Mapping[str, Any], known: Known) -> str:
    """Whose key seals this row: "Patient/ID"; "" for what is no patient's; "table/ID" for a row
    that may be of several. `known` is what was looked up before in this transaction."""
    if "own_key" in table.info and table.info["own_key"](row):
        return own_key(table.name, *(row[column.name] for column in table.primary_key))
    if "patient_ref" in table.columns:
        return row.get("patient_ref") or NOBODYS
    for key in table.foreign_keys:
        owner = _through(connection, key, row.get(key.parent.name), known)
        if owner is not None:
            return owner
    raise TypeError(f"Whose a row of {table.name} is cannot be told.")


def own_key(table: str, *row: str) -> str:
    """The owner's name of a row that has a key of its own."""
    return "/".join((table, *row))


def _through(connection: Connection, key: ForeignKey, value: Any, known: Known) -> str | None:
    """The owner of the parent row; None where it leads to no patient."""
    parent = key.column.table
    asked = (parent.name, value)
    if asked not in known:
        if "patient_ref" in parent.columns:
            columns = [parent.columns["patient_ref"]]
        else:
            columns = [each.parent for each in parent.foreign_keys]
        query = select(*columns).where(key.column == value)
        found = connection.execute(query).first() if columns and value is not None else None
        known[asked] = _owner_in(connection, parent, found, known)
    return known[asked]


def _owner_in(connection: Connection, parent: Table, found: Any, known: Known) -> str | None:
    if found is None:
        return None
    if "patient_ref" in parent.columns:
        return found.patient_ref or NOBODYS
    told = found._mapping
    owners = (_through(connection, k, told[k.parent], known) for k in parent.foreign_keys)
    return next((owner for owner in owners if owner is not None), None)
