"""Whatever stands in a record, reading gives an answer whose places lie in it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.reading.read import read_statement, read_text

PIECES = st.sampled_from(
    (
        *"²³½٣١①Ⅷ०−–—/.:,;%°µ|[]()+*#\n\t\x00\x0b\u200b\u00ad\ud800",
        *(
            " 3/7 ",
            " 3/7 ago ",
            " 31/2/26 ",
            "2026-02-30",
            " mg ",
            " x ",
            " q6h ",
            "[x]",
            "No ",
            "Denies: ",
        ),
        *(" 12²/3 ", " ½ tab ", "٣ mg ", " since ", " 99/99 ", "1e9 ", " -0 ", "24:61 ", " 5'6\" "),
    )
)
TEXTS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=25).map("".join))


@settings(max_examples=400, deadline=None)
@given(TEXTS, st.sampled_from(("", "2026-03-14", "2026", "2024-02-29")))
def test_any_text_is_read_and_every_place_lies_in_it(text, on):
    for reading in (read_text(text, on=on), read_statement(text, on=on)):
        for each in reading.assertions:
            assert 0 <= each.start < each.end <= len(text)
            assert all(0 <= v.start <= v.end <= len(text) for v in each.values)


ODD = (
    *("²", "12²/3 mg", "①/② daily", "on ٣/٤", "2 tabs 5 mg 2 tabs", "0|1A0/\r0–|0"),
    "".join(map(chr, range(512))),
    *(f"take {'9' * digits} to five daily, at {'9' * digits} past 4" for digits in (20, 400, 5000)),
    *(f"lithium {'1,000' + ',000' * n} mg to 2 mg for 1/{'0' * n} weeks" for n in (1, 120)),
)


@pytest.mark.parametrize("text", ODD, ids=ascii)
def test_figures_that_are_no_numbers_are_read_as_nothing_worse(text):
    for each in read_text(text, on="2026-03-14").assertions:
        assert all(0 <= v.start <= v.end <= len(text) for v in each.values)
