"""The command line in this process, on the parts of this run."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import structlog

from fhir_fixtures.stories import story
from service import cli
from service.chart.ingest import ingest
from service.embedded import environment


@dataclass(frozen=True)
class Said:
    """What a command answered: its exit code, stdout, stderr."""

    code: int
    out: str
    err: str


@pytest.fixture
def command(
    settings, sessions, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Said]:
    """Carries out one command line on the database of this test; warnings only in the log."""
    for name, value in {**environment(settings), "COUNTERSIGN_LOG_LEVEL": "error"}.items():
        monkeypatch.setenv(name, value)

    def run(*argv: str) -> Said:
        capsys.readouterr()
        code = cli.run(list(argv))
        structlog.reset_defaults()  # it holds the stderr of this test
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Said(code, said.out, said.err)

    return run


@pytest.fixture
def a_patient(sessions) -> str:
    """A story's patient, ingested; gives the id."""
    told = story("depression_two_trials")
    with sessions.begin() as session:
        ingest(session, "test", [told.bundle])
    return told.patient_ref.removeprefix("Patient/")
