"""One patient's secret: opaque ids, and the rotation under which vectors leave the database."""

import hashlib
import hmac
import re
from functools import lru_cache

import numpy as np
from sqlalchemy.orm import Session

from service.errors import BadInput
from service.sealing.marking import key_of_patient

_PATIENT = re.compile(r"Patient/[A-Za-z0-9\-.]{1,64}")  # the ids that FHIR allows


def check_patient(patient_ref: str | None) -> str:
    """The reference, when it names exactly one patient. Raises BadInput."""
    if not isinstance(patient_ref, str) or not _PATIENT.fullmatch(patient_ref):
        raise BadInput("Name one patient, as Patient/ID.")
    return patient_ref


def secret_of(session: Session, patient_ref: str) -> bytes:
    """The patient's secret, made at first use; two workers at once end with the same one."""
    return key_of_patient(session, patient_ref).secret


def opaque_id(secret: bytes, *parts: object) -> str:
    """32 hex digits that say nothing without the secret; the same parts give the same id."""
    said = "\x1f".join(map(str, parts)).encode()
    return hmac.new(secret, said, hashlib.sha256).hexdigest()[:32]


@lru_cache(maxsize=16)
def rotation(secret: bytes, dimensions: int) -> np.ndarray:
    """The patient's orthogonal matrix, (dimensions, dimensions) float32.

    A uniformly random rotation: QR of a matrix of normal numbers, with the signs fixed so
    that it is unique. Structured turns (sign flips, permutations, Hadamard) would be built
    faster but are a small family; this one costs 15 to 40 ms, once for a draft. The numbers come
    from SHAKE-256 and not from a generator whose stream may change with a library's version.
    Cosines within a patient stay as they are; between patients they become noise.
    """
    size = dimensions * dimensions
    stream = hashlib.shake_256(b"rotation" + secret).digest(8 * size)
    even = np.frombuffer(stream, "<u4").astype(np.float64)
    radius = np.sqrt(-2.0 * np.log((even[:size] + 1.0) / 2.0**32))
    normal = radius * np.cos(2.0 * np.pi * even[size:] / 2.0**32)
    q, r = np.linalg.qr(normal.reshape(dimensions, dimensions))
    turned: np.ndarray = (q * np.sign(np.diag(r))).astype(np.float32)
    return turned
