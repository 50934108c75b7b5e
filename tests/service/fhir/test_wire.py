"""FHIR JSON is read with its exact text, and what is no JSON is said by its place."""

from decimal import Decimal

import pytest

from service.fhir import wire

BUNDLE = """
{ "resourceType": "Bundle", "entry" : [ {"fullUrl":"urn:uuid:1", "resource": { "a": 1.10 } },
  {"resource":{"resourceType":"X","s":"}],\\"{"}} , {}, 7 ], "type": "batch" }
"""


def test_each_resource_of_a_bundle_has_its_own_text():
    entries = wire.parse(BUNDLE)["entry"]
    assert entries[0]["resource"].raw == '{ "a": 1.10 }'
    assert entries[1]["resource"].raw == '{"resourceType":"X","s":"}],\\"{"}'
    assert entries[0]["resource"]["a"] == Decimal("1.10")
    assert entries[2:] == [{}, {}]
    assert list(wire.parse_bundle(BUNDLE)) == entries


def test_resources_of_a_list_have_their_own_text():
    assert [one.raw for one in wire.parse(' [{"a": 1},  {"b":2}] ')] == ['{"a": 1}', '{"b":2}']
    assert wire.parse(" [] ") == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"a"',
        '{"a":1,}',
        '{"entry":[{]}',
        '{"entry":[{"resource":{}}',
        "[1",
        '{"a":1}x',
        '{"entry":[]} x',
        "NaN",
        '{"a":-Infinity}',
        "{\"a\":'b'}",
        '{"a":' + "9" * 5000 + "}",
        '{"entry":' + "[" * 50_000,
        "{1:2}",
        '{"entry":[],"b" 1}',
    ],
)
def test_what_is_no_json_is_refused_without_repeating_it(text):
    with pytest.raises(wire.BadJson) as caught:
        wire.parse(text)
    assert len(str(caught.value)) < 100


def test_entries_before_a_break_are_given():
    found = []
    with pytest.raises(wire.BadJson):
        for entry in wire.parse_bundle(BUNDLE[: BUNDLE.index("}}")]):
            found.append(entry)
    assert len(found) == 1


def test_written_json_keeps_digits_and_survives_odd_text():
    assert wire.dump({"a": Decimal("1.10")}) == b'{"a":1.10}'
    assert wire.dump_sorted({"b": 1, "a": 2}) == b'{"a":2,"b":1}'
    assert wire.dump({"a": "\ud800", "b": 2**80})
