"""`python -m tests.benchmarks.drafts`: is a draft short, told once, on its shelf, true of absence?

Every type of summary of the 8 stories, of the 4 whole Synthea patients and of 12 further charts,
drafted without a model as the service does. A row is a type over one group of charts:

- *words*: of the text as signed, median and most (a mark alone is none); *minutes* at 230 a
  minute; *kept*: drafts that keep the type's budget (pre-visit 300 words, psychiatric-progress 350,
  handoff 200, hospital-course and discharge 500, medication-history 150 beside its tables of
  medicines), with a brief of at most 12 lines and 150 words. Without a brief it has 0 lines.
- *again, by facts*: statements that tell only facts that earlier ones of the draft tell: every
  thing that the reader finds in them (its coding, of whom, whether it is so, what is done with it)
  with its values, and no word that it has no thing for. Bar 0.
- *by words*: statements that share the words of an earlier one: the overlap coefficient of their
  telling words (shared / those of the shorter) is 0.6 or more, brackets that name the source put
  aside; below four telling words all must be shared. What only shares words may tell another thing.
- *alike*: share of statements, those of brief, medicines and risk aside, that stand word for word
  in another type of the same chart, mean and most. Bar 0.35.
- *carried*, *in brief*: expected facts of the stories (`story_facts` says when one counts), in the
  types that the story names, of the kinds of which the type has a section. Bar 0.95.
- *elsewhere*: such facts that stand only in sections that are not theirs; *wrong shelf*: statements
  in a section that takes other kinds (as the reader reads them and what they cite), medicines that
  are over under current ones, heads of forms. Bar 1 % of statements.
- *absent*: sections that say "none is documented" against a fact of their kind, or without a word
  of what was not read. Bar 0. *must not*: as `story_facts`. Bar 0.
- *seconds*: of the draft stage, most.

The second table is the panel of `data/briefs.toml`, for the types that the story names: what the
brief must hold, conflicts told with both sides in one line, and lines that are wrong. `--list`
names each miss, `--text` prints the drafts instead, `--chart NAME` takes one chart alone.
Exit 1 when something is stated that must not be.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence

from service import migrations
from service.bootstrap import Runtime, configure_logging
from service.embedded import running_parts
from service.errors import CountersignError
from service.settings import Settings
from service.summary.vocabulary import SummaryType
from tests.benchmarks._briefs import Held
from tests.benchmarks._charts import charts
from tests.benchmarks._counted import Counted, counted_of, misses
from tests.benchmarks._drafts import WORDS_A_MINUTE
from tests.benchmarks.main_job import show

HEAD = (
    "charts, type | drafts | words | minutes | kept | brief lines, words | statements "
    "| again, by facts | by words | alike | carried | in brief | elsewhere | wrong shelf | absent "
    "| must not | seconds"
)


def rows(found: Sequence[Counted]) -> Iterator[tuple[str, ...]]:
    for group in dict.fromkeys(each.chart.group for each in found):
        mine = [each for each in found if each.chart.group == group]
        for kind in SummaryType:
            yield _row(f"{group}, {kind}", [each for each in mine if each.type is kind])
        yield _row(f"**{group}**", mine)


def _row(name: str, found: Sequence[Counted]) -> tuple[str, ...]:
    def total(of: Callable[[Counted], float]) -> int:
        return int(sum(map(of, found)))

    def most(of: Callable[[Counted], float]) -> float:
        return max(map(of, found))

    words = sorted(each.size.words for each in found)
    middle, expected = words[len(words) // 2], total(lambda c: c.expected)
    alike = sum(each.alike for each in found) / len(found)
    return (
        name,
        f"{len(found)}",
        f"{middle}, {words[-1]}",
        f"{middle / WORDS_A_MINUTE:.1f}",
        f"{total(lambda c: c.size.is_kept)}",
        f"{most(lambda c: c.size.brief_lines):.0f}, {most(lambda c: c.size.brief_words):.0f}",
        f"{total(lambda c: len(c.statements)):,}",
        f"{total(lambda c: len(c.retold))}",
        f"{total(lambda c: c.again):,}",
        f"{alike:.2f}, {most(lambda c: c.alike):.2f}",
        _share(expected - total(lambda c: len(c.missed)), expected),
        _share(total(lambda c: c.in_brief), expected),
        f"{total(lambda c: len(c.elsewhere))}",
        f"{total(lambda c: len(c.shelf))}",
        f"{total(lambda c: len(c.absent))}",
        f"{total(lambda c: len(c.barred))}",
        f"{most(lambda c: c.seconds):.2f}",
    )


def panel_rows(found: Sequence[Counted]) -> Iterator[tuple[str, ...]]:
    asked = [each for each in found if each.panel]
    for name in dict.fromkeys(each.chart.name for each in asked):
        yield _panel_row(name, [c.panel for c in asked if c.chart.name == name and c.panel])
    yield _panel_row("**all**", [each.panel for each in asked if each.panel])


def _panel_row(name: str, held: Sequence[Held]) -> tuple[str, ...]:
    have, lack = sum(len(h.held) for h in held), sum(len(h.missed) for h in held)
    told, untold = sum(len(h.told) for h in held), sum(len(h.untold) for h in held)
    wrong = sum(len(h.wrong) for h in held)
    return (
        name,
        f"{len(held)}",
        _share(have, have + lack),
        _share(told, told + untold),
        f"{wrong}",
    )


def _share(count: int, of: int) -> str:
    return f"{count}/{of} ({count / of:.2f})" if of else "-"


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--list", action="store_true", help="name each miss")
    asked.add_argument("--text", action="store_true", help="print the drafts instead")
    asked.add_argument("--chart", metavar="NAME", help="of this chart alone")
    given = asked.parse_args()
    configure_logging(Settings(log_level="error"))
    found = list(_all(given.chart))
    if given.text:
        print(*(each.document.text() for each in found), sep="\n" + "=" * 80 + "\n")
        return 0
    print(f"| {HEAD} |\n|{'---|' * (HEAD.count('|') + 1)}")
    show(rows(found))
    print("\n| story | drafts | brief holds | conflicts told | wrong |\n|---|---|---|---|---|")
    show(panel_rows(found))
    if given.list:
        print("", *(line for each in found for line in misses(each)), sep="\n")
    return 1 if any(each.barred for each in found) else 0


def _all(only: str | None) -> Iterator[Counted]:
    with tempfile.TemporaryDirectory() as folder, running_parts(Settings(data_dir=folder)) as parts:
        runtime = Runtime(parts.settings)
        migrations.upgrade(runtime.engine)
        runtime.index.embedder.embed(["warm"])  # the model is loaded outside the figures
        for chart in charts():
            if only in (None, chart.name):
                try:
                    yield from counted_of(runtime, chart)
                except (CountersignError, ValueError) as error:
                    print(f"{chart.name} is left out: {type(error).__name__}.", file=sys.stderr)
        runtime.close()


if __name__ == "__main__":
    sys.exit(main())
