"""The site's own secrets: set by it, else made once in a file that only its owner reads."""

import os
import secrets
import time
from pathlib import Path

from pydantic import SecretStr

from service.errors import WrongSetting

MIN_KEY = 32  # characters


def site_key(given: SecretStr | None, setting: str, path: Path) -> bytes:
    """The secret that the site has set, else the one in the file, made at first use. Raises
    WrongSetting."""
    if given is not None:
        key = given.get_secret_value().encode()
        if len(key) < MIN_KEY:
            raise WrongSetting(f"{setting} needs {MIN_KEY} characters or more.")
        return key
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _kept(path)
    except OSError as error:
        raise WrongSetting(f"{path} cannot be written ({error.strerror}).") from None
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32))
    return _kept(path)


def _kept(path: Path) -> bytes:
    """The key in the file; a process that lost the race to make it waits for the winner."""
    for _ in range(50):
        if len(found := path.read_bytes().strip()) >= MIN_KEY:
            return found
        time.sleep(0.02)
    raise WrongSetting(f"{path} holds no key. Put back the one that it held.")
