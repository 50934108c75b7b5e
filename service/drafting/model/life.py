"""How long an endpoint may be silent before it counts as away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

PATIENCE_S = 60.0


@dataclass
class Life:
    """The endpoint's signs of life, of all its calls together: one that serves a call after the
    other is silent on those that queue, and well. `patience_s` counts from its last sign."""

    patience_s: float = PATIENCE_S
    _open: set[asyncio.Timeout] = field(default_factory=set)

    @asynccontextmanager
    async def awaited(self) -> AsyncIterator[None]:
        """A call under way. Raises TimeoutError when nothing came of any call for too long."""
        async with asyncio.timeout(self.patience_s) as limit:
            self._open.add(limit)
            try:
                yield
            finally:
                self._open.discard(limit)

    def sign(self) -> None:
        """Something came: whoever waits may wait as long again."""
        until = asyncio.get_running_loop().time() + self.patience_s
        for limit in self._open:
            if not limit.expired():
                limit.reschedule(until)
