"""How a vector travels to the store and back: three components in one number.

Chroma answers vectors as decimal text, which costs more than everything else in a retrieval. A
component in 8 bits moves a cosine by some ten thousandths; three of them are one whole number
that a float32 holds exactly. A patient's vectors are read, and the store is, at a third of the
size. The store's own distances mean nothing then: we fetch by id and never ask for them.
"""

import numpy as np

LEVELS = 256
# The components of a turned unit vector are about normal, of deviation 1 / sqrt(dimensions): one
# in two million lies beyond five deviations and is cut there.
REACH = 5.0


def packed_size(dimensions: int) -> int:
    return -(-dimensions // 3)


def packed(rows: np.ndarray) -> np.ndarray:
    """(n, dimensions) unit rows -> (n, packed_size) float32 of whole numbers below 2**24."""
    count, dimensions = rows.shape
    size = packed_size(dimensions)
    codes = np.full((count, 3 * size), LEVELS // 2, np.int64)
    nearest = np.rint(rows / _step(dimensions)) + LEVELS // 2
    codes[:, :dimensions] = np.clip(nearest, 0, LEVELS - 1)
    threes = codes.reshape(count, size, 3)
    whole: np.ndarray = (threes @ np.array([1, LEVELS, LEVELS**2])).astype(np.float32)
    return whole


def unpacked(rows: np.ndarray, dimensions: int) -> np.ndarray:
    """(n, packed_size) of the store -> (n, dimensions) float32, as near to unit as packing left."""
    whole = rows.astype(np.int32)
    threes = np.stack([whole % LEVELS, whole // LEVELS % LEVELS, whole // LEVELS**2], axis=-1)
    codes = threes.reshape(len(rows), -1)[:, :dimensions]
    level: np.ndarray = ((codes - LEVELS // 2) * np.float32(_step(dimensions))).astype(np.float32)
    return level


def _step(dimensions: int) -> float:
    return float(REACH / (LEVELS // 2) / dimensions**0.5)
