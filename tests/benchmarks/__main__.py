"""`make bench`: every benchmark in turn, or those named: `python -m tests.benchmarks medec speed`.

Each is also a command of its own (`python -m tests.benchmarks.medec`) that prints Markdown with its
definitions. Exit 1 when one of them failed.
"""

import pkgutil
import subprocess
import sys
from pathlib import Path


def main(names: list[str]) -> int:
    known = benchmarks()
    if unknown := [name for name in names if name not in known]:
        print(
            f"There is no benchmark {unknown[0]}. There are: {', '.join(known)}.", file=sys.stderr
        )
        return 2
    return max((run(name) for name in names or known), default=0)


def benchmarks() -> list[str]:
    found = pkgutil.iter_modules([str(Path(__file__).parent)])
    return sorted(m.name for m in found if not m.ispkg and not m.name.startswith("_"))


def run(name: str) -> int:
    """In a process of its own: peak memory is one benchmark's, and a crash stops only that one."""
    print(f"\n## {name}\n", flush=True)
    return 1 if subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}"]).returncode else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
