"""The page for an error: what happened, in words, and a way back."""

from fastapi import Request, Response

from service.web.pages.frame import render

TITLES = {
    400: "That could not be understood",
    401: "Sign in first",
    403: "Not for this role",
    404: "Nothing here",
    405: "Nothing here",
    408: "It did not arrive",
    409: "It has changed",
    413: "Too much at once",
    422: "Something has to be settled first",
    500: "Something failed",
    503: "Not available now",
}


def error_page(request: Request, status: int, detail: str) -> Response:
    """Shown by the handlers of `web.problems` where a browser asks."""
    glass = getattr(request.state, "glass", "")  # where a stranger's chart can be opened
    return render(
        request,
        "error.html",
        status,
        signed_in=getattr(request.state, "signed_in", None),
        code=status,
        heading="Not open to you" if glass else TITLES.get(status, "That did not work"),
        detail=detail,
        glass=glass,
        request_id=getattr(request.state, "request_id", ""),
    )
