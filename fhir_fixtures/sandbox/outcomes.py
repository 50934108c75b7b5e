"""Refusals: every error that the sandbox answers is one of these, shown as an OperationOutcome."""

from collections.abc import Sequence
from typing import Any

Resource = dict[str, Any]


class Refused(Exception):
    """A request that is not done: an HTTP status, an issue code of R4 and sentences for a reader.

    `code` is from http://hl7.org/fhir/R4/valueset-issue-type.html.
    """

    def __init__(self, status: int, code: str, *diagnostics: str) -> None:
        super().__init__("; ".join(diagnostics))
        self.status = status
        self.code = code
        self.diagnostics = diagnostics

    def within(self, place: str) -> "Refused":
        """The same refusal, saying where in a Bundle it arose."""
        return Refused(self.status, self.code, *(f"{place}: {text}" for text in self.diagnostics))

    def outcome(self) -> Resource:
        return operation_outcome("error", self.code, self.diagnostics)


def operation_outcome(severity: str, code: str, diagnostics: Sequence[str]) -> Resource:
    issues = [
        {"severity": severity, "code": code, "diagnostics": text} for text in diagnostics or ("",)
    ]
    return {"resourceType": "OperationOutcome", "issue": issues}
