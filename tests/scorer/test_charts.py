"""The written charts are whole: no name twice, no sentence under two labels, enough of each."""

from collections import Counter

from tests.scorer.charts import LABELS, charts

LEAST = {"true": 3, "contradicted": 3, "unstated": 1}


def test_no_two_charts_share_a_name():
    assert [name for name, times in Counter(c.name for c in charts()).items() if times > 1] == []


def test_no_sentence_of_a_chart_has_two_labels_or_stands_twice():
    for chart in charts():
        said = [sentence for sentence, _ in chart.stated]
        assert len(said) == len(set(said)), chart.name


def test_every_chart_has_some_of_each_label():
    for chart in charts():
        held = Counter(LABELS[label] for _, label in chart.stated)
        assert all(held[label] >= least for label, least in LEAST.items()), (chart.name, held)
