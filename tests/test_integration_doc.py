"""What docs/integration.md tells hospital IT to write and to run is read and run here."""

import re
import tomllib
from pathlib import Path

import pytest

from service.fhir.profile import Arrival, Reading, Writing
from service.review.permissions import ALLOWED
from service.settings import load_settings
from service.signin.tokens import SCOPES
from service.summary.vocabulary import Role
from tests.oidc_provider import OidcProvider, running
from tests.service.cli.conftest import command

assert command  # the fixture of the command line

TEXT = (Path(__file__).parents[1] / "docs" / "integration.md").read_text("utf-8")
HOSPITAL = "https://id.hospital.example/realms/staff"
EHR = "https://ehr.hospital.example/fhir/R4"
SECRET = "a-secret-of-the-test-client"


def blocks(kind):
    return re.findall(rf"^```{kind}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def commands():
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [line.split()[1:] for line in lines if line.startswith("countersign ")]


@pytest.mark.parametrize("block", blocks("toml"))
def test_every_settings_file_shown_is_one(block, tmp_path, monkeypatch):
    path = tmp_path / "countersign.toml"
    path.write_text(block, "utf-8")
    monkeypatch.setenv("COUNTERSIGN_CONFIG", str(path))
    assert load_settings().public_url
    for provider in load_settings().sign_in:
        assert set(provider.roles) <= set(Role)


def test_every_command_shown_does_what_it_says(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert len(commands()) == 11
    for argv in commands():
        argv, _, into = " ".join(argv).partition(" > ")
        said = command(*argv.split())
        assert (said.code, said.err) == (0, ""), argv
        if into:
            (tmp_path / into).write_text(said.out)
    assert (tmp_path / "ehr-client.pem").stat().st_mode & 0o077 == 0


def test_the_scopes_named_are_those_there_are():
    assert set(SCOPES) == {"request", "ingest", "list", "read", "jobs"}
    assert {a for a, roles in ALLOWED.items() if Role.SERVICE in roles} == set(SCOPES.values())


@pytest.fixture
def on_settings(tmp_path, monkeypatch):
    def written(text):
        path = tmp_path / "countersign.toml"
        path.write_text(text, "utf-8")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("COUNTERSIGN_CONFIG", str(path))

    return written


def sign_in_line(said):
    return next(line for line in said.out.splitlines() if " sign-in " in line)


def test_doctor_says_what_to_register_where_a_provider_answers(command, on_settings):
    block = next(b for b in blocks("toml") if HOSPITAL in b)
    with running(OidcProvider(app="http://127.0.0.1")) as provider:
        block = block.replace(HOSPITAL, provider.issuer)
        on_settings(block.replace("as-the-provider-gave-it", SECRET))
        line = sign_in_line(command("doctor"))
        on_settings(block)
        wrong = sign_in_line(command("doctor"))
    assert line.startswith("ok ")
    assert "https://countersign.hospital.example/sign-in/callback" in line
    assert wrong.startswith("LOOK") and "does not know us (invalid_client)" in wrong


def test_doctor_says_what_is_missing(command, on_settings, monkeypatch):
    block = next(b for b in blocks("toml") if HOSPITAL in b)
    on_settings(block.replace(HOSPITAL, "http://127.0.0.1:9"))
    line = sign_in_line(command("doctor"))
    assert line.startswith("LOOK sign-in    hospital: http://127.0.0.1:9/.well-known/openid")
    assert "does not answer (ConnectError)" in line
    on_settings(block.replace(HOSPITAL, "http://127.0.0.1:9").replace("public_url", "# "))
    assert "PUBLIC_URL is not set" in sign_in_line(command("doctor"))
    ehr = next(b for b in blocks("toml") if EHR in b)
    on_settings(ehr.replace(f'fhir_url = "{EHR}"\n\n', "\n"))
    assert "other people's charts" in sign_in_line(command("doctor"))
    on_settings(f'fhir_url = "{EHR}"')
    assert "nobody can sign in" in sign_in_line(command("doctor"))


def test_the_tables_of_the_page_are_the_settings_that_there_are():
    told = set(re.findall(r"`(\w+)`", TEXT.partition("| setting of a table")[2]))
    shown = [tomllib.loads(b) for b in blocks("toml")]
    used = {name for block in shown for table in block.get("sign_in", ()) for name in table}
    assert used <= told


def fault_rows():
    """Of the tables: reading and writing, each row a fault, what happens, and its test."""
    told = TEXT.partition("### What happens when the EHR fails")[2].partition("\n## ")[0]
    reading, _, writing = told.partition("\nWriting. ")
    row = re.compile(r"^\| ([^|]+) \| ([^|]+) \| `(test_\w+)` \|$", re.MULTILINE)
    return row.findall(reading), row.findall(writing)


def test_each_fault_that_is_told_is_a_test():
    folder = Path(__file__).parent / "service"
    files = [
        f for part in ("chart", "fhir", "writeback") for f in (folder / part).glob("test_*.py")
    ]
    there = {
        name for f in files for name in re.findall(r"^def (test_\w+)", f.read_text("utf-8"), re.M)
    }
    reading, writing = fault_rows()
    assert {test for _, _, test in reading + writing} <= there
    assert len(reading) >= 30 and len(writing) >= 20
    lines = TEXT.partition("### What happens when the EHR fails")[2].partition("\n### Tried")[0]
    assert lines.count("\n|") == len(reading) + len(writing) + 4  # two heads, two rules: no other


def test_the_site_profile_is_told_as_it_is():
    told = set(re.findall(r"`((?:reading|writing|arrival)\.\w+)`", TEXT))
    parts = {"reading": Reading, "writing": Writing, "arrival": Arrival}
    assert told == {f"{name}.{each}" for name, part in parts.items() for each in part.model_fields}
