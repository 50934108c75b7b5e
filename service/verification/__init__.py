"""SummaryVersion -> Findings: support, contradiction, omission, risk, language."""
