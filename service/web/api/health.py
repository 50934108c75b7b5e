"""Is it alive, are its parts there, and how busy is it."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from service.web import metrics
from service.web.guards import Lister
from service.web.openapi import problems
from service.web.problems import MEDIA_TYPE
from service.web.readiness import Part
from service.web.transactions import Transaction

router = APIRouter(tags=["health"])


class Alive(BaseModel):
    status: str = "ok"


class Ready(BaseModel):
    """Each part by name; `detail` is a kind of failure, never an address."""

    status: str
    parts: list[Part]


@router.get("/healthz")
def is_alive() -> Alive:
    """This process answers."""
    return Alive()


@router.get("/readyz", response_model=Ready, responses={503: {"model": Ready}})
def is_ready(request: Request) -> Response:
    """PostgreSQL, Redis, Chroma and the EHR, each looked at at most every two seconds."""
    parts = request.app.state.readiness.parts()
    ok = all(part.ok for part in parts)
    body = Ready(status="ready" if ok else "not-ready", parts=parts).model_dump()
    if ok:
        return JSONResponse(body)
    away = ", ".join(part.name for part in parts if not part.ok)
    said = {
        "type": "about:blank",
        "title": "Service Unavailable",
        "can_retry": True,
        "detail": f"Not answering: {away}. Look at them, then ask again.",
    }
    return JSONResponse({**said, **body, "status": 503}, 503, media_type=MEDIA_TYPE)


@router.get("/metrics", responses=problems())
def read_metrics(session: Transaction, _person: Lister) -> Response:
    """Prometheus text: requests by route and status, summaries by status."""
    return Response(metrics.exposition(session), media_type="text/plain; version=0.0.4")
