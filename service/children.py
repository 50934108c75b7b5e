"""Child processes: each started in a session of its own, waited for, stopped with its children."""

import contextlib
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from service.errors import Unavailable

READY_TIMEOUT_S = 45.0  # a cold Chroma on a busy laptop was seen to need 15 s
STOP_TIMEOUT_S = 10.0
SAME_START_S = 2.0  # a clock that is set moves the start times that the kernel tells
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Part:
    """One child process: how it is started and how it is known to answer."""

    name: str
    argv: list[str]
    is_ready: Callable[[], bool]
    env: Mapping[str, str] = field(default_factory=dict)
    log_path: Path | None = None
    process: subprocess.Popen[bytes] | None = None
    has_answered: bool = False

    def start(self) -> None:
        """Start in a session of its own, so that Ctrl-C reaches only us and we stop it in order."""
        with open(self.log_path or os.devnull, "ab") as sink:
            self.process = subprocess.Popen(
                self.argv,
                env={**_ordinary(os.environ), **self.env},
                stdout=sink,
                stderr=sink,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_TIMEOUT_S
        while time.monotonic() < deadline:
            if self.process and self.process.poll() is not None:
                raise Unavailable(f"{self.name} stopped while starting; see {self.log_path}.")
            if self.is_ready():
                self.has_answered = True
                return
            time.sleep(0.05)
        raise Unavailable(f"{self.name} did not answer in {READY_TIMEOUT_S:.0f} s.")

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            stop_tree(psutil.Process(self.process.pid))
            self.process.wait()

    @property
    def has_died(self) -> bool:
        return self.process is not None and self.process.poll() is not None


def _ordinary(environ: Mapping[str, str]) -> dict[str, str]:
    """What every part may see: tokens and keys of ours only the one that is given them."""
    return {name: v for name, v in environ.items() if not name.startswith("COUNTERSIGN_")}


def born(pids: Iterable[int]) -> dict[str, float]:
    """Process id to when it was started: both together name one process for good."""
    found = {}
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            found[str(pid)] = psutil.Process(pid).create_time()
    return found


def stop_leftovers(written: Path) -> None:
    """Children of an owner that was killed: stop them before starting anew."""
    with contextlib.suppress(FileNotFoundError, json.JSONDecodeError, KeyError):
        children = json.loads(written.read_text())["children"]
        for pid, created in children.items():
            with contextlib.suppress(psutil.Error):
                process = psutil.Process(int(pid))
                if abs(process.create_time() - created) < SAME_START_S:
                    stop_tree(process)


def stop_postgres(pid_file: Path) -> None:
    """PostgreSQL's fast shutdown, by the pid that it keeps in the first line of this file."""
    with contextlib.suppress(FileNotFoundError, ValueError, psutil.Error):
        process = psutil.Process(int(pid_file.read_text().partition("\n")[0]))
        if process.name() == "postgres":  # the file may be as old as the last power cut
            process.send_signal(signal.SIGINT)
            process.wait(STOP_TIMEOUT_S)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Pass over what would end this process, for the length of the block."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {each: signal.signal(each, signal.SIG_IGN) for each in ENDING}
    try:
        yield
    finally:
        for each, how in before.items():
            signal.signal(each, how)


def stop_tree(process: psutil.Process) -> None:
    """Ask the process to end (workers finish or give back their task), then make it."""
    with contextlib.suppress(psutil.NoSuchProcess):
        family = [process, *process.children(recursive=True)]
        process.send_signal(signal.SIGTERM)
        _, alive = psutil.wait_procs(family, timeout=STOP_TIMEOUT_S)
        for each in alive:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
