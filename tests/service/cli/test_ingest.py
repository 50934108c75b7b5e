"""`countersign ingest` of an export: gone on with after its process was killed."""

import json
import os
import time

import pytest

from service.embedded import environment
from tests import commands
from tests.bulk_server import Exports, ndjson, serving
from tests.service.chart import builders
from tests.service.cli.test_commands import BUNDLE


@pytest.mark.processes
def test_an_export_outlives_the_process_that_reads_it(sessions, settings):
    """SIGKILL while the second file is on its way; the same command again goes on with it."""
    goals = [builders.a_record("Goal", f"g{n}") for n in range(40)]
    files = [("output", ndjson([builders.a_patient()])), ("output", ndjson(goals))]
    with serving(Exports(files, held_up={1})) as exports:
        env = {**os.environ, **environment(settings), "COUNTERSIGN_FHIR_URL": exports.url}
        killed = commands.start("ingest", "--group", "7", env=env)
        try:
            deadline = time.monotonic() + commands.LIMIT_S
            while not any(each.endswith("/1/1") for each in exports.asked):
                assert killed.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)
        finally:
            killed.kill()
            killed.wait()
        exports.ended.set()
        exports.asked.clear()
        done = commands.run("ingest", "--group", "7", "--json", env=env)
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert (told["kept"], told["unchanged"]) == (41, 0)
        assert exports.asked == ["GET /files/1/1", "DELETE /status/1"]
        again = commands.run("ingest", "--group", "7", "--since", "last", "--json", env=env)
        assert json.loads(again.stdout)["unchanged"] == 41
        assert "_since" in exports.started[1]


@pytest.mark.parametrize(
    "argv",
    [
        [BUNDLE, "--group", "1"],
        ["--group", "1", "--everybody"],
        [BUNDLE, "--since", "last"],
        ["--group", "a/b"],
        ["--group", "1", "--since", "soon"],
    ],
)
def test_two_things_at_once_or_nonsense_is_wrong_usage(command, argv):
    assert command("ingest", *argv).code == 2


def test_since_an_export_that_never_was_says_so(command):
    said = command("ingest", "--everybody", "--since", "last")
    assert (said.code, said.err.count("leave --since out")) == (1, 1)
