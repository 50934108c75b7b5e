"""One patient's chart as a langchain retriever, so that others can build on the same evidence."""

from dataclasses import asdict

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from service.retrieval.evidence import SectionQuery
from service.retrieval.gather import PatientChart


class ChartRetriever(BaseRetriever):
    """Bound to one open chart: no argument of a call can name another patient.

    `section` holds filters and budget; the question asked takes the place of its words, its
    time phrase is honoured.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    chart: PatientChart
    section: SectionQuery = SectionQuery("retriever", "Retriever")

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - the base class names it
    ) -> list[Document]:
        gathered = self.chart.ask(query, self.section)
        return [
            Document(page_content=each.text, metadata=asdict(each), id=each.id)
            for each in gathered.evidence
        ]
