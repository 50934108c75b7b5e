"""Kinds of values that notes write in ways of their own."""

import time

import pytest

from service.reading.values import conflicts, same, says_number, values

ON = "2026-03-10"  # a Tuesday


def told(text: str) -> list[tuple[str, object, str]]:
    return [(v.what, v.value, v.comparator) for v in values(text, ON)]


def only(text: str, what: str):
    [found] = [v for v in values(text, ON) if v.what == what]
    return found


def test_a_flag_behind_a_result_is_no_liters() -> None:
    assert told("K 2.9 L, 131 L (ref 135-145)")[:2] == [("number", 2.9, ""), ("number", 131.0, "")]
    assert told("2 L of oxygen") == [("dose", ("volume", 2.0), "")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10 000 units", ("units", 10000.0)),
        ("0.5 to 1 mg", ("mass", 0.0005, 0.001)),
        ("two 150 mg capsules", ("mass", 0.3)),
        ("one to two senna tablets", ("tablets", 1.0, 2.0)),
        ("1½ tablets", ("tablets", 1.5)),
    ],
)
def test_an_amount_in_several_words_is_one(text: str, value: object) -> None:
    assert ("dose", value, "") in told(text)


def test_what_an_item_scored_is_no_score_of_its_scale() -> None:
    assert told("PHQ-9 17 (item 9 = 1)")[-1] == ("item", (9.0, 1.0), "")
    assert not conflicts(only("item 9: 1", "item"), only("item 3: 2", "item"))
    assert conflicts(only("item 9: 1", "item"), only("item 9: 3", "item"))


@pytest.mark.parametrize(
    ("text", "side"), [("Cataract OD", "right"), ("drops OS BID", "left"), ("R arm", "right")]
)
def test_an_eye_is_told_by_its_letters(text: str, side: str) -> None:
    assert only(text, "side").value == side


def test_od_behind_a_dose_is_once_daily() -> None:
    assert told("Fluoxetine 20 mg OD")[-1] == ("frequency", (1.0, ""), "")


def test_as_needed_is_not_scheduled() -> None:
    one, other = (only(f"5 mg {each}", "frequency") for each in ("prn", "scheduled"))
    assert conflicts(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Bupropion SR", "Bupropion XL"), ("metoprolol succinate", "metoprolol tartrate")],
)
def test_two_products_are_two_forms(one: str, other: str) -> None:
    forms = (only(f"{each} 100 mg", "form") for each in (one, other))
    assert not same(*forms) or conflicts(*forms)


def test_a_salt_says_nothing_of_the_release() -> None:
    salt = only("metoprolol succinate 50 mg", "form")
    assert not conflicts(salt, only("metoprolol ER 50 mg", "form"))


def test_a_depot_is_injected_and_not_taken_by_mouth() -> None:
    depot, mouth = only("LAI 400 mg", "route"), only("oral aripiprazole 5 mg", "route")
    assert conflicts(depot, mouth)
    assert not conflicts(depot, only("400 mg IM", "route"))


@pytest.mark.parametrize(
    ("text", "number"),
    [("third psychiatric admission", 3.0), ("2nd episode", 2.0), ("first episode", 1.0)],
)
def test_which_of_several_is_an_order(text: str, number: float) -> None:
    assert only(text, "order").value == number


@pytest.mark.parametrize("text", ["first seen in May", "second opinion", "third party"])
def test_a_word_of_order_that_counts_nothing_is_none(text: str) -> None:
    assert "order" not in [what for what, *_ in told(text)]


@pytest.mark.parametrize("text", ["Mon/Wed/Fri", "Tuesday, Thursday and Saturday", "MWF"])
def test_days_of_the_week_that_come_back_are_a_rate(text: str) -> None:
    assert same(only(text, "frequency"), only("5 mg three times a week", "frequency"))


def test_two_bounds_from_either_side_are_opposed() -> None:
    above, below = only("more than 60 mg", "dose"), only("less than 60 mg", "dose")
    assert conflicts(above, below)


def test_since_and_until_a_day_are_opposed() -> None:
    assert conflicts(only("since 2026-01-02", "date"), only("until 2026-01-02", "date"))


def test_nothing_is_rounded_between_two_writings_of_one_unit() -> None:
    assert not same(only("300 mg", "dose"), only("301 mg", "dose"))


def test_a_bare_result_is_read_in_the_unit_of_the_other() -> None:
    level = only("96 mg/dL", "level")
    assert says_number(only("96", "number"), level)
    assert not says_number(only("196", "number"), level)


def test_two_ranges_that_share_an_end_are_two() -> None:
    assert conflicts(only("2.5-5 mg", "dose"), only("5-10 mg", "dose"))


def test_the_longest_text_is_read_as_its_pieces_are() -> None:
    line = "Sertraline 50 mg daily. "
    found = values(line * 500, ON)
    assert len(found) == 1000
    assert all((line * 500)[v.start : v.end] == v.said for v in found)


@pytest.mark.parametrize(
    "text", ["1 ", "100 ", "Mon/", "1 to ", "item 9 ", "x10^", "Dr. Ab ", "- "]
)
def test_a_text_twice_as_long_takes_no_more_than_a_few_times_as_long(text: str) -> None:
    took = []
    for size in (150_000, 600_000):
        began = time.process_time()
        values(text * (size // len(text)), f"2026-01-{size // 50_000:02d}")
        took.append(time.process_time() - began)
    assert took[1] < 12 * took[0] + 1


KINDS = "5 mg,1-2 mg,100/50 mg,from 5 to 10 mg,120/80,7/10,3 days,item 9: 1,stage 3,6/12,1:320"
MORE = "2020,10 mg less,up from 3 to 5,0.6-1.2,half,97%,bid,Dr. Weiss,third fall,at 5 pm,70 kg"


def test_any_two_values_can_be_compared() -> None:
    found = [v for each in (KINDS + "," + MORE).split(",") for v in values(each, ON)]
    assert len(found) > 20
    for one in found:
        assert not conflicts(one, one)
        for other in found:
            assert same(one, other) == same(other, one)
            assert conflicts(one, other) == conflicts(other, one)


@pytest.mark.parametrize(
    "text", ["1.8 x10^", "1 x10^9/", "item 9 =", "10 000", "two 150 mg", "Mon/"]
)
def test_a_value_that_is_cut_off_is_read_as_far_as_it_goes(text: str) -> None:
    assert all(text[v.start : v.end] == v.said for v in values(text, ON))
