"""Two R4 validators that share no code with ours, for whatever Countersign sends to an EHR.

Neither checks US Core; neither knows terminology. `fhirkit` is fhirkit-rs (Rust). Medplum's runs
in Node, from the packages that `package.json` beside this file names.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import fhirkit
import pytest

HERE = Path(__file__).parent
TIMEOUT_S = 60  # loading the R4 definitions takes under one; a busy machine may need many

Resource = dict[str, Any]


def fhirkit_errors(resource: Resource) -> list[str]:
    """What fhirkit-rs finds wrong, a sentence each with its path; empty when it accepts."""
    return [str(issue) for issue in fhirkit.validate(resource) if issue.severity == "error"]


def medplum_errors(resource: Resource) -> list[str]:
    """What Medplum finds wrong; empty when it accepts. Skips the test as `each` does."""
    return medplum_errors_of_each([resource])[0]


def medplum_errors_of_each(resources: Sequence[Resource]) -> list[list[str]]:
    """The same for many in one run of Node, which costs about a second whatever their number.

    Skips the test, saying why, where Node or its packages are missing; in CI that is a failure.
    """
    node = shutil.which("node")
    if node is None:
        _cannot("Node is not installed")
    if not (HERE / "node_modules" / "@medplum" / "definitions").is_dir():
        _cannot(f"Medplum's packages are not installed: npm install --prefix {HERE.name}")
    done = subprocess.run(
        [node, str(HERE / "medplum.js")],
        input=json.dumps(list(resources)),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=True,
    )
    errors: list[list[str]] = json.loads(done.stdout)
    return errors


def _cannot(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}; CI must run this validator.")
    pytest.skip(f"{reason}.")
