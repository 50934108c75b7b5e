"""The words put to a model for one section: rules, task, evidence with ids."""

import json
from typing import Any

from langchain_core.prompts import ChatPromptTemplate

from service.drafting.request import DraftRequest, SectionRequest
from service.drafting.schema import SectionAnswer
from service.retrieval.evidence import Evidence

# The evidence is fenced by a line that chart text is not likely to hold and that is taken out of
# it where it does: chart text is data and must not be able to end its own quotation.
FENCE = "=====EVIDENCE====="

TEMPLATE = ChatPromptTemplate.from_messages([
    ("system",
     "{system}\n\n{rules}\n\n"
     "Answer with one JSON object and nothing else, of this schema:\n{schema}"),
    ("human",
     "Section: {title}\nPeriod: {period}\nAt most {most} statements.\n\n{instruction}\n\n"
     "What was looked for: {looked_for}\nFound: {count}; not fitted in here: {not_fitted}\n"
     "{fence}\n{evidence}\n{fence}\n"
     "If the evidence says nothing on this section, answer with an empty list of statements."),
])  # fmt: skip

REPAIR = (
    "Your answer could not be read: {problem}. Answer again with one JSON object of the schema and "
    "nothing else."
)


def question(request: DraftRequest, section: SectionRequest) -> dict[str, Any]:
    """The values of TEMPLATE for one section."""
    return {
        "system": request.prompt.system, "rules": request.prompt.rules,
        "schema": json.dumps(SectionAnswer.model_json_schema()),
        "title": section.prompt.title, "period": section.window.says,
        "most": section.prompt.max_statements, "instruction": section.prompt.instruction,
        "looked_for": section.looked_for or section.prompt.words or section.prompt.title,
        "count": len(section.evidence), "not_fitted": section.not_fitted, "fence": FENCE,
        "evidence": "\n\n".join(_shown(each) for each in section.evidence) or "(none)",
    }  # fmt: skip


def _shown(evidence: Evidence) -> str:
    said_by = ", ".join(filter(None, (evidence.author_role, evidence.heading)))
    about = ", ".join(filter(None, (evidence.title, evidence.effective[:10] or "undated", said_by)))
    return f"[{evidence.id}] {about}\n{evidence.text.replace(FENCE, '')}"
