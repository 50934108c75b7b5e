import pytest

from service.reading.scope.phrases import Cue, Phrases


def test_a_choice_stands_for_each_of_its_words() -> None:
    found = Phrases([("(no|without) (sign of|)", Cue("negated", "clause"))]).all(["without"])
    assert [each.cue.gives for each in found] == ["negated"]


def test_a_choice_inside_a_choice_is_refused() -> None:
    with pytest.raises(ValueError, match="choice inside"):
        Phrases([("(took (him|her)self off|stop)", Cue("stopped", "ahead"))])
