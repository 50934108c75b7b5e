"""/jwks.json: the public halves of our keys, for EHRs and providers that fetch them."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter
from joserfc.jwk import KeySet

from service.fhir.clientkey import read_key
from service.settings import Settings
from service.web.runtime import TheRuntime

router = APIRouter(tags=["people"])


@router.get("/jwks.json", include_in_schema=False)
def publish(runtime: TheRuntime) -> dict[str, Any]:
    """Every key that signs for us, and those that will."""
    keys = {key.kid: key for key in map(read_key, _paths(runtime.settings))}
    return dict(KeySet(list(keys.values())).as_dict(private=False)) if keys else {"keys": []}


def _paths(settings: Settings) -> list[Path]:
    signing = [settings.fhir_client_key, *(each.client_key for each in settings.sign_in)]
    return [path for path in (*signing, *settings.next_keys) if path is not None]
