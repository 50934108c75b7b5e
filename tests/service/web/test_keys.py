"""What is published of our keys: the public halves of those in use and of those that come next."""

from fastapi.testclient import TestClient

from service.fhir.clientkey import make_key, read_key
from service.web.app import equip
from tests.service.web.conftest import WebRuntime


def a_key(folder, name):
    path = folder / name
    path.write_bytes(make_key())
    return path


def test_the_keys_in_use_and_the_next_ones_are_published_and_no_private_half(
    routes, web_settings, sessions, tmp_path
):
    one, other = a_key(tmp_path, "one.pem"), a_key(tmp_path, "next.pem")
    keys = {"fhir_client_key": one, "next_keys": (other, one)}
    runtime = WebRuntime(web_settings.model_copy(update=keys), sessions)
    with TestClient(equip(routes, runtime), base_url="http://127.0.0.1") as client:
        told = client.get("/jwks.json").json()["keys"]
    runtime.under_way.close()
    assert [each["kid"] for each in told] == [read_key(one).kid, read_key(other).kid]
    assert not any("d" in each for each in told)


def test_without_keys_none_are_published(anybody):
    assert anybody.get("/jwks.json").json() == {"keys": []}
