"""The site's policy on labels, as data: what it says, what it may say, and where it is shown."""

import pytest

from service.access import policy as policies
from service.access.decisions import Purpose, may_use
from service.access.policy import Kind, Use, Verdict, policy_in_force, policy_of
from service.errors import WrongSetting
from service.summary.vocabulary import Role
from tests.service.access.test_decisions import a_record

SITE = """
version = 4
model_is_outside = false

[[rules]]
name = "our wards"
codes = ["MH", "HOUSE*"]
treatment = "use"
quality = "withhold"
operations = "withhold"
ai = "inside"
"""


@pytest.fixture
def site(tmp_path, monkeypatch):
    path = tmp_path / "policy.toml"
    path.write_text(SITE)
    monkeypatch.setenv("COUNTERSIGN_ACCESS_POLICY", str(path))
    policy_in_force.cache_clear()
    yield path
    policy_in_force.cache_clear()


def verdict(policy, label, use=Use.AI):
    return policy.rule_of(label).verdicts[use]


def test_the_shipped_policy_has_an_answer_for_every_label_and_use():
    policy = policy_in_force()
    for label in ("N", "V", "PSYTHPN", "42CFRPart2CD", "HIV", "anything", "", "!"):
        assert all(verdict(policy, label, use) for use in Use)
    assert verdict(policy, "V") is Verdict.CONSENT
    assert verdict(policy, "PSYTHPN") is Verdict.WITHHOLD
    assert policy.rule_of("no such").kind is Kind.UNKNOWN
    assert policy.model_is_outside


def test_a_sites_rules_come_before_the_shipped_ones_and_change_the_fingerprint(site):
    policy = policy_in_force()
    assert verdict(policy, "MH") is Verdict.INSIDE
    assert verdict(policy, "house-7", Use.TREATMENT) is Verdict.USE
    assert verdict(policy, "HIV") is Verdict.CONSENT
    assert not policy.model_is_outside
    shipped = policies.files("service.access").joinpath("policy.toml").read_text("utf-8")
    assert policy_of(shipped).fingerprint != policy.fingerprint


def test_who_asks_and_for_what_matters(site):
    def asked(purpose, role=None):
        return may_use(a_record(labels=["MH"]), purpose=purpose, role=role)

    assert asked(Purpose.SHOW, Role.CLINICIAN).allowed
    assert asked(Purpose.EXPORT, Role.SERVICE).allowed
    assert not asked(Purpose.SHOW, Role.QA).allowed
    assert not asked(Purpose.SHOW, Role.SERVICE).allowed
    assert asked(Purpose.PROMPT).allowed and asked(Purpose.PROMPT).inside


@pytest.mark.parametrize(
    "text",
    ["rules = [", '[[rules]]\nname = "x"\ncodes = ["A"]\n', SITE.replace('"inside"', '"maybe"')],
)
def test_a_policy_that_is_not_understood_stops_with_a_sentence(text):
    shipped = policies.files("service.access").joinpath("policy.toml").read_text("utf-8")
    with pytest.raises(WrongSetting, match="COUNTERSIGN_ACCESS_POLICY"):
        policy_of(shipped, text)


def test_the_policy_is_printed_rule_by_rule():
    lines = policy_in_force().printable()
    assert any(line.startswith("sensitivity (ADOL") and "ai consent" in line for line in lines)
