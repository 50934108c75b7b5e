"""`countersign …` as a process of its own, for tests."""

import os
import subprocess
import sys
from typing import Any

COMMAND = [sys.executable, "-c", "from service.cli import main; main()"]
LIMIT_S = 120


def clean_env(**settings: str) -> dict[str, str]:
    """This process's environment, with these settings and no others."""
    rest = {k: v for k, v in os.environ.items() if not k.startswith("COUNTERSIGN_")}
    return rest | {f"COUNTERSIGN_{name.upper()}": value for name, value in settings.items()}


def start(*argv: str, env: dict[str, str], **given: Any) -> subprocess.Popen[str]:
    return subprocess.Popen([*COMMAND, *argv], env=env, text=True, **given)


def run(*argv: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """The command's exit code, stdout and stderr."""
    return subprocess.run(
        [*COMMAND, *argv], env=env, text=True, capture_output=True, timeout=LIMIT_S
    )
