"""Chroma's client is imported once, whoever comes first and however many."""

import subprocess
import sys
from pathlib import Path

import service

SERVICE = Path(service.__file__).parent

FIRST_QUESTIONS = """
import threading
from types import SimpleNamespace
from service.embedded import free_port
from service.retrieval import index
from service.retrieval.index import PassageIndex
from service.retrieval.place import Place
from service.retrieval.store import Store

index.PAUSES_S = ()
url = f"http://127.0.0.1:{free_port()}"
asked = PassageIndex(Place(url), SimpleNamespace(name="plain", dimensions=3))
together, said = threading.Barrier(8), set()

def ask(first):
    together.wait()
    try:
        first()
    except BaseException as error:
        said.add(type(error).__name__)

firsts = [asked.check_answers, Store(Place(url)).spaces] * 4
threads = [threading.Thread(target=ask, args=(first,)) for first in firsts]
for each in threads: each.start()
for each in threads: each.join()
print(sorted(said))
"""
STARTED = """
import sys
from service.web.app import served
assert "chromadb.api" not in sys.modules
served()
print("chromadb.api" in sys.modules)
"""


def last_line(program: str) -> str:
    argv = [sys.executable, "-c", program]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()[-1]


def test_questions_at_once_as_the_first_ones_do_not_break_the_import():
    assert last_line(FIRST_QUESTIONS) == "['ConnectError', 'Unavailable']"  # nobody listens there


def test_a_server_has_it_before_it_is_asked():
    assert last_line(STARTED) == "True"


def test_chromas_client_is_imported_in_one_place():
    importing = [p.name for p in SERVICE.rglob("*.py") if "chromadb" in _imports(p)]
    assert importing == ["chroma.py"]


def _imports(path: Path) -> str:
    lines = path.read_text("utf-8").splitlines()
    return "\n".join(s for line in lines if (s := line.strip()).startswith(("import ", "from ")))
