"""Chart text at rest: sealed with a key of its patient, which erasure destroys."""

from service.sealing import marking  # noqa: F401  (it listens to what the mapper writes)
