"""One request is one transaction: committed before the answer is sent, or not at all."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.orm import Session

from service.web.runtime import TheRuntime


def transaction(runtime: TheRuntime) -> Iterator[Session]:
    with runtime.transaction() as session:
        yield session


# scope="function": the commit happens before the response leaves, so that a conflict found
# at commit is answered as one, and nobody is told of an act that did not happen.
Transaction = Annotated[Session, Depends(transaction, scope="function")]
