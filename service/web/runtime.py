"""What the web door asks of the runtime that `bootstrap` builds."""

from contextlib import AbstractContextManager
from typing import Annotated, Any, Protocol

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from service.drafting.underway import UnderWay
from service.settings import Settings


class Runtime(Protocol):
    """The parts that routes use; `service.bootstrap.Runtime` is the one that runs."""

    @property
    def settings(self) -> Settings: ...
    @property
    def client(self) -> Any: ...
    @property
    def index(self) -> Any: ...
    @property
    def prompts(self) -> Any: ...
    @property
    def under_way(self) -> UnderWay: ...

    def transaction(self) -> AbstractContextManager[Session]: ...


def runtime_of(request: Request) -> Runtime:
    """The runtime that `create_app` was given."""
    runtime: Runtime = request.app.state.runtime
    return runtime


TheRuntime = Annotated[Runtime, Depends(runtime_of)]
