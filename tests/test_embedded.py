"""Real services are started, told to stop, and killed: no child stays, and no data goes."""

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from service.embedded import Parts
from service.errors import Conflict
from service.settings import Settings
from tests import commands
from tests.commands import LIMIT_S, clean_env

pytestmark = pytest.mark.processes


class Service:
    """`countersign up` on a data directory, in a process of its own."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.env = clean_env(data_dir=str(data_dir), worker_processes="1")
        self.process = commands.start(
            "up",
            "--port",
            "0",
            env=self.env,
            start_new_session=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *argv: str) -> tuple[int, str, str]:
        """Another command on the same data directory: exit code, stdout, stderr."""
        done = commands.run(*argv, env=self.env)
        return done.returncode, done.stdout, done.stderr

    def wait_until_up(self) -> "Service":
        assert self.process.stdout
        assert "Countersign is at" in self.process.stdout.readline()
        return self

    def children(self) -> set[psutil.Process]:
        return set(psutil.Process(self.process.pid).children(recursive=True)) | {self.postgres()}

    def postgres(self) -> psutil.Process:
        pid_file = self.data_dir / "postgres" / "postmaster.pid"
        return psutil.Process(int(pid_file.read_text().split()[0]))

    def rows(self) -> int:
        """How many audit rows the database holds; the chain must hold."""
        code, out, err = self.run("audit", "verify", "--json")
        assert (code, err) == (0, "")
        return int(json.loads(out)["rows"])


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], Service]]:
    with ExitStack() as stack:

        def begin(name: str) -> Service:
            service = Service(tmp_path / name)
            stack.callback(end, service.process)
            return service

        yield begin


def end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.communicate(timeout=LIMIT_S)


def test_two_services_side_by_side_share_nothing_and_stop_every_child_when_told_to(start):
    one, other = start("one"), start("other")
    children = one.wait_until_up().children(), other.wait_until_up().children()
    assert not children[0] & children[1]
    assert one.run("draft", "x", "--type", "handoff")[0] == 0
    assert other.rows() == 0
    one.process.terminate()
    assert one.process.wait(LIMIT_S) == 0
    assert not any(child.is_running() for child in children[0])
    code, out, err = other.run("up", "--port", "0")
    assert (code, out) == (1, "")
    assert "Another countersign command runs on" in err and err.count("\n") == 1
    assert all(child.is_running() for child in children[1])
    for _ in range(2):  # an impatient person at a terminal
        os.killpg(other.process.pid, signal.SIGINT)
        time.sleep(0.2)
    assert other.process.wait(LIMIT_S) == 0
    assert not any(child.is_running() for child in children[1])


def test_a_killed_service_leaves_nothing_running_and_loses_nothing(start):
    first = start("long " + "folder name " * 9).wait_until_up()  # too long for a unix socket
    assert first.run("draft", "x", "--type", "handoff")[0] == 0
    children = first.children()
    first.process.kill()
    first.process.wait()
    second = start(first.data_dir.name).wait_until_up()
    assert [child for child in children - {second.postgres()} if child.is_running()] == []
    assert second.rows() > 0


@pytest.fixture
def elsewhere(tmp_path: Path) -> Settings:
    """Settings of which every part runs elsewhere: only the locks are ours."""
    return Settings(
        data_dir=tmp_path,
        database_url="postgresql://nowhere/x",
        redis_url="redis://nowhere",
        chroma_url="http://nowhere",
        fhir_url="http://nowhere",
    )


def test_an_owner_lets_those_who_share_its_parts_finish_first(elsewhere):
    owner, guest = Parts(elsewhere), Parts(elsewhere)
    owner.__enter__()
    guest.__enter__()
    assert (owner.is_owner, guest.is_owner) == (True, False)
    leaving = threading.Thread(target=owner.__exit__, args=(None, None, None))
    leaving.start()
    leaving.join(0.5)
    assert leaving.is_alive()
    guest.__exit__(None)
    leaving.join(5)
    assert not leaving.is_alive()
    with Parts(elsewhere) as next_one:
        assert next_one.is_owner


def test_an_owner_who_is_told_to_stop_waits_for_nobody(elsewhere):
    owner = Parts(elsewhere)
    owner.__enter__()
    with Parts(elsewhere):
        owner.__exit__(KeyboardInterrupt)


def test_a_server_does_not_stand_on_parts_of_another_command(elsewhere):
    with Parts(elsewhere), Parts(elsewhere.model_copy(update={"redis_url": None})) as guest:
        assert guest.borrowed == ("redis_url",)
        with pytest.raises(Conflict, match="Stop it first"):
            guest.check_is_owner()
