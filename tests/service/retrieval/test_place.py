"""Another user of the machine, who reaches Chroma's port, finds, reads and deletes nothing."""

from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import httpx
import numpy as np
import pytest
from pydantic import SecretStr

from service.errors import Unavailable, WrongSetting
from service.retrieval.index import PassageIndex
from service.retrieval.models import Passage
from service.retrieval.place import EVERYBODYS, Place, place_of
from service.retrieval.store import DATABASE, LAYOUT, Store, _collection_name
from service.retrieval.sync import mend_index
from service.web.readiness import LOOKS
from tests.service.review.builders import a_record

SECRET = "s" * 40


class Plain:
    name, dimensions = "plain", 4

    def embed(self, texts):
        return np.eye(4, dtype=np.float32)[: len(texts)]


@pytest.fixture
def index(settings):
    index = PassageIndex(place_of(settings), Plain())
    index.add(["a" * 32], np.eye(4, dtype=np.float32)[:1])
    yield index
    index.delete(["a" * 32])
    index.close()


def everything_found(stranger: httpx.Client, tenant: str) -> list:
    """What Chroma lists of one tenant; then it is told to delete it all."""
    databases = [EVERYBODYS.replace("tenant", "database"), DATABASE]
    found = [each["name"] for each in stranger.get(f"/tenants/{tenant}/databases").json()]
    for database in databases:
        inside = f"/tenants/{tenant}/databases/{database}"
        found += [each["id"] for each in stranger.get(f"{inside}/collections").json()]
        stranger.delete(inside)
    return found


def test_a_stranger_at_the_port_finds_and_deletes_nothing(settings, index):
    with httpx.Client(base_url=f"{settings.chroma_url}/api/v2") as stranger:
        roads = httpx.get(f"{settings.chroma_url}/openapi.json").json()["paths"]
        listing = [r for r, verbs in roads.items() if "get" in verbs and not r.endswith("}")]
        without_a_name = [r for r in listing if "{" not in r]
        said = " ".join(stranger.get(r.removeprefix("/api/v2")).text for r in without_a_name)
        assert len(without_a_name) > 3 and index._store._place.tenant not in said
        for tenant in (EVERYBODYS, "", "*", "%25", "default", "passages"):
            assert set(everything_found(stranger, tenant)) <= {"default_database"}
        assert stranger.post("/reset").is_error
        name = next(iter(index._store._collections.values())).name
        for database in (DATABASE, "default_database"):
            road = f"/tenants/{EVERYBODYS}/databases/{database}/collections/{name}"
            assert stranger.get(road).is_error and stranger.delete(road).is_error
    assert index.present(["a" * 32]) == {"a" * 32}


def test_the_search_of_a_stranger_finds_what_lies_in_nobodys_place(settings):
    """Else the test above would say nothing."""
    with closing(PassageIndex(Place(settings.chroma_url), Plain())) as open_to_all:
        open_to_all.check_answers()
    with httpx.Client(base_url=f"{settings.chroma_url}/api/v2") as stranger:
        assert len(everything_found(stranger, EVERYBODYS)) > 1


@pytest.fixture
def in_everybodys(settings):
    """What programs keep in the tenant that is everybody's; whatever is left goes in the end."""
    store = Store(Place(settings.chroma_url))
    store.collection("plain 4")  # the tests above delete the database itself
    server = store._connected()
    before = {each.name for each in server.list_collections()}

    def keep(name, ids, **metadata):
        made = server.create_collection(name, metadata=metadata or None)
        if ids:
            server._add(ids, made.id, [[0.0] * 4] * len(ids))
        return name

    keep.names = lambda: {each.name for each in server.list_collections()} - before
    yield keep
    for name in keep.names():
        server.delete_collection(name)
    store.close()


def test_a_place_that_was_left_is_emptied_of_what_is_ours_alone(settings, index, in_everybodys):
    ours, theirs = "b" * 32, "c" * 32
    kept = {
        in_everybodys("somebody-elses", [ours]),
        in_everybodys("passages-hpo", [ours]),
        in_everybodys("passages-2-hpo", [ours], embedding="plain 4"),
        in_everybodys(_collection_name("other 4"), [ours]),
        in_everybodys(_collection_name("later 4", LAYOUT + 1), [ours], embedding="later 4"),
        in_everybodys(_collection_name("theirs 4"), [theirs], embedding="theirs 4"),
        in_everybodys(_collection_name("empty 4"), [], embedding="empty 4"),
    }
    in_everybodys(_collection_name("ours 4"), [ours, theirs], embedding="ours 4")
    left = "t" * 64
    with closing(PassageIndex(Place(settings.chroma_url, left), Plain())) as before:
        before.check_answers()
    here = Place(settings.chroma_url, index._store._place.tenant, (left, EVERYBODYS))
    with closing(Store(here)) as now:
        assert now.drop_outdated(lambda ids: ours in ids) == 2
        assert now.drop_outdated(lambda ids: ours in ids) == 0
    assert in_everybodys.names() == kept
    assert index.present(["a" * 32]) == {"a" * 32}


def test_the_sweep_knows_a_collection_by_the_passages_of_this_database(
    settings, session, in_everybodys
):
    record = a_record(session, "Slept badly.")
    named = {"id": "p", "patient_ref": record.patient_ref, "record_id": record.id, "heading": ""}
    session.add(Passage(**named, start=0, end=5, vector_id="b" * 32, copy_of=None))
    session.flush()
    theirs = in_everybodys(_collection_name("theirs 4"), ["c" * 32], embedding="theirs 4")
    in_everybodys(_collection_name("ours 4"), ["b" * 32], embedding="ours 4")
    with closing(PassageIndex(Place(settings.chroma_url, "v" * 64, (EVERYBODYS,)), Plain())) as now:
        assert mend_index(session, index=now).spaces == 1
    assert in_everybodys.names() == {theirs}


def test_a_place_is_made_of_the_token_or_of_the_key_for_chart_text(settings):
    def of(**given):
        return place_of(settings.model_copy(update={k: SecretStr(v) for k, v in given.items()}))

    by_key, later, by_token = of(chart_key=SECRET), of(chart_key="k" * 40), of(chroma_token=SECRET)
    assert by_key == of(chart_key=SECRET) and by_key.headers == {}
    assert len({by_key.tenant, later.tenant, of().tenant, EVERYBODYS}) == 4
    assert by_token.headers == {"Authorization": f"Bearer {SECRET}"}
    assert SECRET not in by_token.tenant + repr(by_key)
    assert by_token.left == (of().tenant, EVERYBODYS)  # what lay by the key goes
    assert by_key.tenant in of(chart_key="k" * 40, former_chart_key=SECRET).left
    with pytest.raises(WrongSetting, match="COUNTERSIGN_CHROMA_TOKEN needs 32"):
        of(chroma_token="short")


class Doorkeeper(BaseHTTPRequestHandler):
    """A proxy before Chroma that lets in who has the token."""

    def do_GET(self):
        is_known = self.headers["Authorization"] == f"Bearer {SECRET}"
        self.send_response(200 if is_known else 401)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"[]")

    def log_message(self, *_):
        pass


def test_the_token_opens_a_proxy_before_chroma(settings, monkeypatch):
    server = HTTPServer(("127.0.0.1", 0), Doorkeeper)
    Thread(target=server.serve_forever, daemon=True).start()
    there = {"chroma_url": f"http://127.0.0.1:{server.server_port}"}
    without = settings.model_copy(update=there)
    given = settings.model_copy(update=there | {"chroma_token": SecretStr(SECRET)})
    try:
        with closing(Store(place_of(given))) as store:
            assert store.spaces() == set()
        monkeypatch.setattr("service.retrieval.index.PAUSES_S", ())
        with closing(PassageIndex(place_of(without), Plain())) as index, pytest.raises(Unavailable):
            index.spaces()
        LOOKS["chroma"](type("R", (), {"settings": given}))
        with pytest.raises(httpx.HTTPStatusError):
            LOOKS["chroma"](type("R", (), {"settings": without}))
    finally:
        server.shutdown()
        server.server_close()


def test_two_who_come_first_at_once_make_one_place(settings):
    place = Place(settings.chroma_url, "u" * 64)
    stores = [Store(place) for _ in range(8)]
    stores[0].spaces()  # the client's import is no part of this
    threads = [Thread(target=store.collection, args=("plain 4",)) for store in stores]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len({store.collection("plain 4").id for store in stores}) == 1
    stores[0].drop("plain 4")
    for each in stores:
        each.close()
