"""Sentences of clinical prose."""

import pytest

from service.reading.sentences import LONGEST, sentence_spans


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Any voices? No. Sleeps well.", ["Any voices?", "No.", "Sleeps well."]),
        ("Lot No. 4711 was given.", ["Lot No. 4711 was given."]),
    ],
)
def test_no_ends_a_sentence_unless_a_number_follows(text, pieces):
    assert [text[start:end] for start, end in sentence_spans(text)] == pieces


def test_what_has_no_end_is_cut_at_its_commas_or_between_its_words():
    listed = "takes sertraline, " * 500
    pieces = [listed[start:end] for start, end in sentence_spans(listed)]
    assert len(pieces) > 4 and " ".join(pieces) == listed.strip()
    assert all(len(piece) <= LONGEST and piece.endswith(",") for piece in pieces)
    assert [end - start for start, end in sentence_spans("x" * 5_000)] == [LONGEST] * 5
