"""Chroma's client is imported once, whoever comes first and however many."""

import subprocess
import sys
from pathlib import Path

import service

SERVICE = Path(service.__file__).parent

TWO_FIRST_QUESTIONS = """
import threading
from service.embedded import free_port
from service.errors import Unavailable
from service.retrieval import index
from service.retrieval.index import PassageIndex
from types import SimpleNamespace

index.PAUSES_S = ()
asked = PassageIndex(f"http://127.0.0.1:{free_port()}", SimpleNamespace(name='plain', dimensions=3))
together, said = threading.Barrier(8), []

def ask():
    together.wait()
    try:
        asked.check_answers()
    except BaseException as error:
        said.append(type(error.__cause__ or error).__name__)

threads = [threading.Thread(target=ask) for _ in range(8)]
for each in threads: each.start()
for each in threads: each.join()
print(sorted(set(said)))
"""


def test_questions_at_once_as_the_first_ones_do_not_break_the_import():
    done = subprocess.run(
        [sys.executable, "-c", TWO_FIRST_QUESTIONS],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert done.stdout.splitlines()[-1] == "['Unavailable']", done.stderr[-2000:]
    assert "ConnectError" in done.stdout and "KeyError" not in done.stdout


def test_chromas_client_is_imported_in_one_place():
    importing = [p.name for p in SERVICE.rglob("*.py") if "chromadb" in _imports(p)]
    assert importing == ["chroma.py"]


def _imports(path: Path) -> str:
    lines = path.read_text("utf-8").splitlines()
    return "\n".join(s for line in lines if (s := line.strip()).startswith(("import ", "from ")))
