"""What is told of a medicine by less than its name: "insulin" of insulin glargine, "her injection"
of the one depot. That none of it was taken counts for each medicine that it can mean."""

from collections.abc import Iterator, Mapping, Sequence

from service.facts.courses import is_not_taken, is_order
from service.facts.doses import is_depot
from service.facts.said import Chart, Said
from service.reading.assertions import Kind
from service.reading.lexicon.relations import wider

_INJECTION = "injection"
_DEPOT = "long-acting-injectable"


def with_general(medicines: Mapping[str, Sequence[Said]], chart: Chart) -> dict[str, list[Said]]:
    """Each medicine's sayings, oldest first, with those."""
    beside = _of_depots(medicines, chart)
    return {
        key: _in_order(said, _general(key, said, medicines, beside))
        for key, said in medicines.items()
    }


def _in_order(said: Sequence[Said], more: Iterator[Said]) -> list[Said]:
    return sorted((*said, *more), key=lambda each: (each.day, each.record.on))


def _general(
    key: str,
    said: Sequence[Said],
    medicines: Mapping[str, Sequence[Said]],
    depots: Mapping[str, Sequence[Said]],
) -> Iterator[Said]:
    if any(map(is_order, said)):
        shorter = [each for each in wider(key) if key.startswith(f"{each}-")]
        told = [each for name in shorter for each in medicines.get(name, ())]
        yield from (each for each in (*told, *depots.get(key, ())) if is_not_taken(each))


def _of_depots(medicines: Mapping[str, Sequence[Said]], chart: Chart) -> dict[str, Sequence[Said]]:
    """What is told of "the injection" and "the depot", for the only one that is ordered."""
    depots = [k for k, said in medicines.items() if any(is_order(e) and is_depot(e) for e in said)]
    told = [e for e in chart.of[Kind.PROCEDURE] if e.a.concept.key == _INJECTION]
    return {depots[0]: [*medicines.get(_DEPOT, ()), *told]} if len(depots) == 1 else {}
