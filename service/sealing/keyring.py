"""Finds a key by what it sealed, or by whose it is; wraps each with the site's key."""

import hmac
import os
import secrets
from collections import OrderedDict
from contextlib import suppress
from threading import Lock
from typing import Any, cast
from weakref import WeakKeyDictionary

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Dialect, Engine, Select, Table, event, select, text
from sqlalchemy.dialects.postgresql import insert

from service.database import now, open_engine
from service.errors import Unavailable, WrongSetting
from service.sealing.cipher import CannotOpen, DataKey
from service.sealing.models import PatientKey
from service.settings import Settings
from service.sitekeys import site_key

REMEMBERED = 20_000  # keys of a process
UNWRAPPED = 32  # bytes of a secret that was kept before there was a key of the site
_KEYRINGS: WeakKeyDictionary[Dialect, "Keyring"] = WeakKeyDictionary()
_table = cast(Table, PatientKey.__table__)
_keys = _table.c
_rows = select(_keys.patient_ref, _keys.id, _keys.secret)


def key_of(settings: Settings) -> bytes:
    """The site's key for chart text: COUNTERSIGN_CHART_KEY, else one that is made once in a file
    of the data directory. Raises WrongSetting."""
    path = settings.data_dir.absolute() / "chart.key"
    return site_key(settings.chart_key, "COUNTERSIGN_CHART_KEY", path)


def former_key_of(settings: Settings) -> bytes | None:
    """The key before it, while the site changes to a new one. Raises WrongSetting."""
    if settings.former_chart_key is None:
        return None
    return site_key(settings.former_chart_key, "COUNTERSIGN_FORMER_CHART_KEY", settings.data_dir)


def give_keys(engine: Engine, key: bytes, former: bytes | None = None) -> Engine:
    """Let this engine seal and open; what only the former key opens too. The same engine."""
    keyring = _KEYRINGS[engine.dialect] = Keyring(engine, key, former)
    event.listen(engine, "engine_disposed", lambda _engine: keyring.close())
    return engine


def keyring_of(dialect: Dialect) -> "Keyring":
    """Raises WrongSetting for an engine that was given no key."""
    if found := _KEYRINGS.get(dialect):
        return found
    raise WrongSetting("This connection was given no COUNTERSIGN_CHART_KEY.")


class Keyring:
    """The keys of one database. It has connections of its own: a key is asked for while rows are
    being read, and one that is made stays made whatever becomes of the act that needed it."""

    def __init__(self, engine: Engine, site: bytes, former: bytes | None = None) -> None:
        self._site = _wrapping(site)
        self._former = _wrapping(former) if former else None
        url = engine.url.render_as_string(hide_password=False)
        self._engine = open_engine(url, pool_size=1, max_overflow=4)
        self._known: OrderedDict[bytes, DataKey] = OrderedDict()
        self._lock = Lock()

    def named(self, key_id: bytes) -> DataKey:
        """The key of this id. Raises CannotOpen when it was destroyed."""
        with self._lock:
            if found := self._known.get(key_id):
                self._known.move_to_end(key_id)
                return found
        query = _rows.where(_keys.id == key_id)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise CannotOpen("The key of what is kept here was destroyed.")
        return self._remember(*row)

    def learn(self, connection: Connection, owners: Select[Any]) -> None:
        """Fetch the keys of many owners at once, of whom many rows are about to be read."""
        for row in connection.execute(_rows.where(_keys.patient_ref.in_(owners))):
            if row.id not in self._known:
                self._remember(*row)

    def of(self, connection: Connection, owner: str, *, hold: bool) -> DataKey:
        """The owner's key, made when there is none. With `hold` it cannot be destroyed until this
        transaction ends: what it seals would be lost."""
        return self.of_all(connection, {owner}, hold=hold)[owner]

    def of_all(self, connection: Connection, owners: set[str], *, hold: bool) -> dict[str, DataKey]:
        """The same of many owners."""
        found: dict[str, DataKey] = {}
        for _ in range(3):  # somebody may erase between
            found |= self._held(connection, owners - found.keys(), hold=hold)
            if lacking := sorted(owners - found.keys()):
                self._make(lacking)
            else:
                return found
        raise Unavailable("This patient is being erased. Try again in a moment.")

    def wrapped(self, owner: str, key_id: bytes, secret: bytes) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._site.encrypt(nonce, secret, key_id + owner.encode())

    def close(self) -> None:
        self._engine.dispose()

    def _held(self, connection: Connection, owners: set[str], *, hold: bool) -> dict[str, DataKey]:
        found: dict[str, DataKey] = {}
        in_order = sorted(owners)  # so that two who hold the same never wait for each other
        for start in range(0, len(in_order), 5000):
            some = _keys.patient_ref.in_(in_order[start : start + 5000])
            query = _rows.where(some).order_by(_keys.patient_ref)
            if hold:
                query = query.with_for_update(read=True, key_share=True)
            found |= {row[0]: self._remember(*row) for row in connection.execute(query)}
        return found

    def _make(self, owners: list[str]) -> None:
        rows = [self._new(owner) for owner in owners]
        with self._engine.begin() as connection:
            # An erasure that is under way holds the row; never wait for one that waits for us.
            connection.execute(text("SET LOCAL lock_timeout = '10s'"))
            connection.execute(insert(_table).on_conflict_do_nothing(), rows)

    def _new(self, owner: str) -> dict[str, Any]:
        key_id = secrets.token_bytes(16)
        secret = self.wrapped(owner, key_id, secrets.token_bytes(32))
        return {"patient_ref": owner, "id": key_id, "secret": secret, "made_at": now()}

    def _remember(self, owner: str, key_id: bytes, kept: bytes) -> DataKey:
        key = DataKey(key_id, self.unwrapped(owner, key_id, kept))
        with self._lock:
            self._known[key_id] = key
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return key

    def unwrapped(self, owner: str, key_id: bytes, kept: bytes) -> bytes:
        if len(kept) == UNWRAPPED:
            return kept
        for site in filter(None, (self._site, self._former)):
            with suppress(InvalidTag):
                return site.decrypt(kept[:12], kept[12:], key_id + owner.encode())
        raise Unavailable(
            "The keys in the database are not of this service's COUNTERSIGN_CHART_KEY. Give "
            "every process the one that they were made with."
        )


def _wrapping(site: bytes) -> AESGCM:
    return AESGCM(hmac.digest(site, b"patient keys", "sha256"))
