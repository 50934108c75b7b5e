"""`python -m tests.benchmarks.language`: which judging words are found, and which are not.

Prints precision and recall on sentences written by hand (half judge a person, half are innocent
look-alikes), what became of support when an offered rewrite is taken, and how many avoid-terms of
published lexicons are covered, each left-out one with its reason. The lexicons are third-party
data beside the project; without them that table is skipped.
"""

import csv
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

from service.drafting.citing import cite
from service.drafting.language import judgements
from service.summary.document import Document, Section, Statement
from service.verification.cited import Chart, assess_placed
from service.verification.language import in_offered_words
from tests.service.drafting.builders import a_note

DATA = Path(__file__).parent / "data"
LEXICONS = Path(__file__).parents[3] / "shared" / "data" / "stigma-lexicons"


def main() -> int:
    written = _toml("language_sentences.toml")
    _print_found(written)
    _print_rewrites([s for part in ("judges", "judges_later") for s, _ in written[part]])
    _print_lexicons()
    return 0


def _print_found(written: dict) -> None:
    """A hit is a finding that shares words with those marked; any finding in an innocent
    sentence is a false alarm."""
    print("| sentences | judging | innocent | precision | recall | false alarms | a second |")
    print("|---|---|---|---|---|---|---|")
    wrong = [
        *_print_row("first", written["judges"], written["innocent"]),
        *_print_row("later", written["judges_later"], written["innocent_later"]),
    ]
    print("", *wrong, sep="\n")


def _print_row(name: str, judges: list[list[str]], innocent: list[str]) -> list[str]:
    """One row of the table; what was missed and what was a false alarm, in words."""
    begin = time.perf_counter()
    missed = [f"- missed “{words}” in: {s}" for s, words in judges if not _is_shown(s, words)]
    alarms = [f"- false alarm {said} in: {s}" for s in innocent if (said := _said(s))]
    seconds = time.perf_counter() - begin
    hits = len(judges) - len(missed)
    print(
        f"| {name} | {len(judges)} | {len(innocent)} | {hits / (hits + len(alarms)):.3f} "
        f"| {hits / len(judges):.3f} | {len(alarms) / len(innocent):.3f} "
        f"| {(len(judges) + len(innocent)) / seconds:,.0f} |"
    )
    return missed + alarms


def _said(sentence: str) -> list[str]:
    return [each.said for each in judgements(sentence)]


def _is_shown(sentence: str, words: str) -> bool:
    at = sentence.index(words)
    return any(j.start < at + len(words) and at < j.end for j in judgements(sentence))


def _print_rewrites(sentences: list[str]) -> None:
    """Taking an offered rewrite must not read as a changed fact: the sentence as it was is the
    source of the sentence rewritten."""
    offered = [(s, better) for s in sentences if (better := in_offered_words(s)) != s]
    answers = [(s, better, _support(s, better)) for s, better in offered]
    borne = [each for each in answers if each[2] == "supported"]
    left = sum(bool(judgements(better)) for _, better in offered)
    print(
        f"\nA rewrite is offered in {len(offered)} of {len(sentences)}; {left} of those still "
        f"judge; {len(borne)} stay supported by the sentence that they replace.\n"
    )
    for said, better, support in answers:
        if support != "supported":
            print(f"- {support}: {said} -> {better}")


def _support(source: str, better: str) -> str:
    """As at the desk: the rewritten statement keeps its citation of the sentence as it was."""
    note = a_note(source)
    start = note.text.index(source)
    statement = Statement(better, (cite(note, start, start + len(source)),), "person")
    placed = Document("t", (), (Section("plan", "Plan", (statement,)),)).placed()[0]
    return str(assess_placed(placed, Chart([note])).support)


def _print_lexicons() -> None:
    if not LEXICONS.is_dir():
        print("Published lexicons: skipped, their files are not beside the project.")
        return
    left_out = _toml("lexicon_terms.toml")["left_out"]
    carriers = _toml("lexicon_terms.toml")["in_a_sentence"]
    print("\n| lexicon | avoid-terms | covered | left out on purpose | missing |")
    print("|---|---|---|---|---|")
    reasons: dict[str, str] = {}
    for path in sorted(LEXICONS.glob("*.t*")):
        if path.name.startswith("PROVENANCE"):
            continue
        found = {term: bool(judgements(carriers.get(term, term))) for term in _avoided(path)}
        missing = [term for term, is_found in found.items() if not is_found]
        on_purpose = {term: left_out[term] for term in missing if term in left_out}
        unexplained = [term for term in missing if term not in left_out]
        reasons |= on_purpose
        print(
            f"| {path.stem} | {len(found)} | {len(found) - len(missing)} | {len(on_purpose)} "
            f"| {', '.join(unexplained) or '-'} |"
        )
    print("\nLeft out on purpose:\n")
    for term, reason in reasons.items():
        print(f"- {term}: {reason}")


def _avoided(path: Path) -> Iterator[str]:
    """The single terms of a lexicon's avoid column; "(non-)adherent" means the negative one."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines, delimiter="\t"))
    column = rows[0].index("stigmatizing_example") if "goddu" in path.name else 0
    header = 1 if path.suffix == ".tsv" else 0
    for row in rows[header:]:
        cell = row[column].replace("(non-)", "non-").replace("(un-)", "un")
        pieces = [cell] if "goddu" in path.name else cell.split(";")
        yield from (piece.strip().lower() for piece in pieces if piece.strip())


def _toml(name: str) -> dict:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main())
