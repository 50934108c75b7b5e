"""Texts to check, and what their summary must carry."""

from service.drafting.prompts import packaged_prompts
from service.summary.vocabulary import SummaryType
from service.verification.lexical import Source
from service.verification.omission.check import Carried, check_omissions, must_say

RULES = packaged_prompts()[SummaryType.PRE_VISIT].must_carry


def asked(*texts, records=()):
    """(kind, what names it) of everything that a summary of the texts must carry."""
    sources = [Source(f"s{number}", text) for number, text in enumerate(texts)]
    found = must_say(list(records), RULES, sources)
    return [
        (m.kind, m.key.removeprefix("risk:") if m.risk else m.key.rpartition(":")[2]) for m in found
    ]


def left_out(summary, *texts, records=()):
    """(kind, missing parts) of what the summary does not carry."""
    sources = [Source(f"s{number}", text) for number, text in enumerate(texts)]
    found = check_omissions(Carried(summary), records, RULES, sources).omissions
    return [(each.kind, each.missing) for each in found]
