"""What leaves the database says nothing without the patient's secret."""

import numpy as np
import pytest

from service.errors import BadInput
from service.retrieval.keys import check_patient, opaque_id, rotation, secret_of


def test_cosines_stay_within_a_patient_and_are_noise_between(minilm):
    rows = minilm.embed(["Denies suicidal ideation.", "No thoughts of suicide.", "BP 120/80."])
    one, other = (rotation(bytes([n]) * 32, 384) for n in (1, 2))
    assert np.allclose(one @ one.T, np.eye(384), atol=1e-5)
    assert np.abs(rows @ rows.T - (rows @ one) @ (rows @ one).T).max() < 1e-3
    assert np.abs((rows @ one) @ (rows @ other).T).max() < 0.3
    assert np.abs(np.sum(rows * (rows @ one), axis=1)).max() < 0.3


def test_a_rotation_is_the_same_in_every_process():
    matrix = rotation(b"k" * 32, 384)
    rotation.cache_clear()
    assert np.array_equal(matrix, rotation(b"k" * 32, 384))


def test_ids_differ_by_secret_and_by_every_part():
    ids = {opaque_id(s, *p) for s in (b"a", b"b") for p in (("x", 1), ("x", 11), ("x1", 1))}
    assert len(ids) == 6
    assert all(len(each) == 32 for each in ids)


def test_two_asks_get_the_same_secret_and_two_patients_different_ones(session):
    assert secret_of(session, "Patient/a") == secret_of(session, "Patient/a")
    assert secret_of(session, "Patient/a") != secret_of(session, "Patient/b")


@pytest.mark.parametrize(
    "named",
    [
        None,
        "",
        "a",
        "Patient/",
        "Patient/a,Patient/b",
        "Patient/%",
        "Group/a",
        7,
        b"x",
        "Patient/a\n",
        "Patient/a b",
        "Patient?_id=a",
        ["Patient/a"],
    ],
)
def test_anything_but_one_patient_is_refused(named):
    with pytest.raises(BadInput):
        check_patient(named)
