"""The list of restricting phrases as it is looked for."""

import re

from service.access.rules import rules_in_force


def test_restricting_phrases_are_in_lower_case_as_the_quick_look_wants_them():
    for rule in rules_in_force().phrases:
        letters = re.sub(r"\\.", "", rule.pattern.pattern)
        assert letters == letters.lower()
