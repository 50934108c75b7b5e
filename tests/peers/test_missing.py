"""A server that is not installed is a skip that says so, and a failure in CI."""

import pytest

from tests import peers


@pytest.mark.parametrize(
    ("name", "said"),
    [("medplum", "Medplum's packages are not installed"), ("fhirsnake", "fhirsnake is not")],
)
def test_a_missing_server_is_a_skip_but_a_failure_in_ci(monkeypatch, tmp_path, name, said):
    monkeypatch.setattr(peers, "HERE", tmp_path)
    monkeypatch.setattr(peers.shutil, "which", lambda _: "/usr/bin/node")
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=said), peers.running(name):
        pass
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=said), peers.running(name):
        pass


def test_without_node_medplum_is_skipped(monkeypatch):
    monkeypatch.setattr(peers.shutil, "which", lambda _: None)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="Node is not"), peers.running("medplum"):
        pass
