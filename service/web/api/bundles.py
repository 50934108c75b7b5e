"""/bundles: FHIR resources into the charts, streamed to disk and counted; long ones by a worker."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from starlette.concurrency import run_in_threadpool

from service import audit
from service.chart import uploads
from service.chart.files import is_long, read_file
from service.chart.ingest import ingest
from service.chart.limits import limited
from service.chart.models import UploadState
from service.errors import TooMuch
from service.review.permissions import Ability
from service.summary.people import Person
from service.web.api import shapes
from service.web.guards import Ingester, check_before_body
from service.web.idempotency import Answer, Key, once_for
from service.web.openapi import problems
from service.web.runtime import Runtime, TheRuntime
from service.web.transactions import Transaction

router = APIRouter(prefix="/bundles", tags=["charts"])
WAIT_S, LOOK_EVERY_S = 20.0, 0.25  # within what a proxy grants to a silent answer


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
    responses={
        202: {"model": shapes.UploadBody, "description": "Long: a worker is at it. See Location."},
        **problems(400, 409, 413),
    },
    openapi_extra=BUNDLE_BODY,
)
async def ingest_bundle(
    request: Request,
    body: Annotated[Upload, Depends(upload, scope="function")],
    person: Ingester,
    runtime: TheRuntime,
    key: Key = None,
    prefer: Annotated[str, Header()] = "",
) -> Response:
    """A FHIR Bundle, a single resource, or ndjson, also gzipped, up to 50 MB. Nothing is lost:
    what cannot be used is counted as quarantined and kept with its reason. A long one is brought
    into the charts by a worker: answered 200 if that was soon, else 202 with where to ask; 202
    at once with `Prefer: respond-async`."""
    is_async = "respond-async" in prefer
    if not is_async and not await run_in_threadpool(is_long, body.path):
        return await run_in_threadpool(_at_once, request, runtime, person, key, body)
    answer = await run_in_threadpool(_received, request, runtime, person, key, body)
    if is_async or answer.status_code != 202:  # under its key it was once answered at once
        return answer
    upload_id = answer.headers["location"].rpartition("/")[2]
    return await _soon(runtime, person, upload_id) or answer


@router.get("/{upload_id}", response_model=shapes.UploadBody, responses=problems(404))
def get_upload(upload_id: str, session: Transaction, person: Ingester) -> shapes.UploadBody:
    """How far a long upload has come: its counts so far, and why it was refused if it was."""
    found = uploads.find_upload(session, upload_id, sent_by=person.id)
    return shapes.UploadBody.model_validate(found)


def _at_once(
    request: Request, runtime: Runtime, person: Person, key: str | None, body: Upload
) -> Response:
    bases = tuple(filter(None, [runtime.settings.fhir_url]))
    with runtime.transaction() as session:

        def act() -> Answer:
            count = ingest(session, "rest", limited(read_file(body.path, bases=bases)))
            told = shapes.IngestBody.model_validate(count)
            audit.record(session, "bundle.ingested", actor=person.id, **told.model_dump())
            return Answer(told)

        return once_for(request, session, person.id, key, body.sha256)(act)


def _received(
    request: Request, runtime: Runtime, person: Person, key: str | None, body: Upload
) -> Response:
    with runtime.transaction() as session:

        def act() -> Answer:
            kept = uploads.receive(
                session,
                body.path.read_bytes(),
                name=f"upload{body.path.suffix}",
                sha256=body.sha256,
                sent_by=person.id,
            )
            told = shapes.UploadBody.model_validate(kept)
            return Answer(told, status=202, location=f"{request.url.path}/{kept.id}")

        return once_for(request, session, person.id, key, body.sha256)(act)


async def _soon(runtime: Runtime, person: Person, upload_id: str) -> Response | None:
    """The counts, if a worker is done while the caller waits; no connection is held meanwhile.
    Raises TooMuch for what was refused."""
    for _ in range(round(WAIT_S / LOOK_EVERY_S)):
        told = await run_in_threadpool(_looked_at, runtime, person, upload_id)
        if told.state is UploadState.REFUSED:
            raise TooMuch(told.reason)
        if told.state is UploadState.DONE:
            counts = shapes.IngestBody.model_validate(told)
            return Response(counts.model_dump_json(), media_type="application/json")
        await asyncio.sleep(LOOK_EVERY_S)
    return None


def _looked_at(runtime: Runtime, person: Person, upload_id: str) -> shapes.UploadBody:
    with runtime.transaction() as session:
        return shapes.UploadBody.model_validate(
            uploads.find_upload(session, upload_id, sent_by=person.id)
        )
