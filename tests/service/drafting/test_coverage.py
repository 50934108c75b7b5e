"""What a draft did not use is named in its coverage."""

from dataclasses import replace

from service.drafting.coverage import NAMED_LEFT_OUT, Unread, coverage
from service.drafting.extractive import ExtractiveWriter
from tests.service.drafting.builders import a_record, a_request


def test_what_a_section_had_no_room_for_is_named_best_first_and_counted():
    request = a_request("pre-visit", [a_record("Condition", "Asthma, active")])
    first, *others = request.sections
    left = tuple(f"DocumentReference/{n}" for n in range(NAMED_LEFT_OUT + 5))
    full = replace(first, left_out=left, not_fitted=60)
    request = replace(request, sections=(full, *others))
    told = coverage(request, ExtractiveWriter().write(request), Unread())["sections"]
    assert [row["source"] for row in told[0]["left_out"]] == list(left[:NAMED_LEFT_OUT])
    assert told[0]["not_fitted"] == 60
    assert all(section["left_out"] == [] for section in told[1:])
