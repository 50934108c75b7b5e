"""Nothing odd in a resource drops its record: a gap at most, and the barest text."""

import pytest

from fhir_fixtures import stories
from service.chart.render.dates import instant
from service.chart.render.registry import RENDERERS, render
from service.chart.render.scene import Scene
from tests.service.chart.builders import a_concept, a_record


def spoilt(value, spoiler):
    """The same shape with every leaf, or every container, replaced by something odd."""
    if isinstance(value, dict):
        return {
            k: (v if k in ("resourceType", "id") else spoilt(v, spoiler)) for k, v in value.items()
        }
    if isinstance(value, list):
        return [spoilt(v, spoiler) for v in value]
    return spoiler


def every_resource():
    return [r for name in stories.names() for r in stories.story(name).resources]


@pytest.mark.parametrize("spoiler", [None, 7, True, "", "x", [], {}, [[]], [None], {"a": [1]}])
def test_odd_values_never_drop_a_record(spoiler):
    for resource in every_resource():
        scene = Scene(spoilt(resource, spoiler))
        made = render(scene)
        assert made.headline
        assert made.text()


@pytest.mark.parametrize("spoiler", [None, 7, "x", [], {}, [None], [[]]])
def test_odd_elements_never_drop_a_record(spoiler):
    for resource in every_resource():
        for element in resource:
            if element not in ("resourceType", "id"):
                assert render(Scene({**resource, element: spoiler})).text()


def test_a_renderer_that_fails_leaves_a_gap_and_the_barest_text(monkeypatch):
    def fails(scene):
        raise ZeroDivisionError

    monkeypatch.setitem(RENDERERS, "Condition", fails)
    scene = Scene(a_record("Condition", code=a_concept("Anxiety"), recordedDate="2024-05-01"))
    assert render(scene).headline == "Condition: Anxiety (2024-05-01) (2024-05-01; not fully read)"
    assert scene.gaps[0]["kind"] == "render"
    assert "Anxiety" not in scene.gaps[0]["reason"]


def test_a_type_without_renderer_still_has_text():
    made = render(
        Scene(a_record("BodyStructure", morphology=a_concept("x"), description="left arm"))
    )
    assert made.headline == "Body structure: left arm"


@pytest.mark.parametrize(
    "sentinel",
    [
        *("0001-01-01", "0001", "0001-01-01T00:00:00+01:00", "9999-12-31"),
        *("9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00Z"),
    ],
)
def test_a_date_that_stands_for_none_is_no_instant(sentinel):
    assert instant(sentinel) is None


@pytest.mark.parametrize(
    ("resource", "told"),
    [
        (
            a_record("Condition", code=a_concept("Asthma"), onsetString="since childhood"),
            "Asthma (onset: since childhood)",
        ),
        (
            a_record("Condition", code=a_concept("Gout"), onsetDateTime="spring 2019"),
            "Gout (since spring 2019)",
        ),
        (
            a_record("Immunization", vaccineCode=a_concept("MMR"), occurrenceString="in childhood"),
            "Immunization: MMR (in childhood)",
        ),
        (
            a_record("Procedure", code=a_concept("Appendectomy"), performedString="in her teens"),
            "Procedure: Appendectomy (in her teens)",
        ),
    ],
)
def test_a_date_in_words_is_told_whole(resource, told):
    assert render(Scene(resource)).headline == told
