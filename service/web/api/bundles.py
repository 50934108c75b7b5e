"""/bundles: FHIR resources into the charts, streamed to disk and counted."""

import hashlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from service import audit
from service.chart.files import read_file
from service.chart.ingest import ingest
from service.chart.limits import limited
from service.review.permissions import Ability
from service.web.api import shapes
from service.web.guards import Ingester, check_before_body
from service.web.idempotency import Answer, Key, once_for
from service.web.openapi import problems
from service.web.runtime import TheRuntime
from service.web.transactions import Transaction

router = APIRouter(prefix="/bundles", tags=["charts"])


@dataclass(frozen=True)
class Upload:
    """A body that was written to disk as it came, and the SHA-256 of it."""

    path: Path
    sha256: str


async def upload(request: Request, runtime: TheRuntime) -> AsyncIterator[Upload]:
    """The body in a file that is gone after the request; only a caller who may write sends one.
    Declared before the transaction, so that none waits for it."""
    await run_in_threadpool(check_before_body, runtime, request, Ability.INGEST)
    kind = request.headers.get("content-type", "")
    suffix = ".ndjson" if "ndjson" in kind else ".json"
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        async for piece in request.stream():
            digest.update(piece)
            await run_in_threadpool(file.write, piece)
        file.flush()
        yield Upload(Path(file.name), digest.hexdigest())


BUNDLE_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "object" if "json" in kind else "string"}}
            for kind in ("application/fhir+json", "application/json", "application/fhir+ndjson")
        },
    }
}


@router.post(
    "",
    response_model=shapes.IngestBody,
    responses=problems(400, 409, 413),
    openapi_extra=BUNDLE_BODY,
)
def ingest_bundle(
    request: Request,
    body: Annotated[Upload, Depends(upload, scope="function")],
    session: Transaction,
    person: Ingester,
    runtime: TheRuntime,
    key: Key = None,
) -> Response:
    """A FHIR Bundle, a single resource, or ndjson, also gzipped, up to 50 MB. Nothing is lost:
    what cannot be used is counted as quarantined and kept with its reason."""

    def act() -> Answer:
        bases = tuple(filter(None, [runtime.settings.fhir_url]))
        resources = limited(read_file(body.path, bases=bases))
        count = ingest(session, "rest", resources)
        told = shapes.IngestBody.model_validate(count)
        audit.record(session, "bundle.ingested", actor=person.id, **told.model_dump())
        return Answer(told)

    return once_for(request, session, person.id, key, body.sha256)(act)
