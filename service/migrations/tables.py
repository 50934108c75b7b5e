"""Imports every module that declares tables; after it the metadata is complete."""

import service.access.relations
import service.audit
import service.chart.arrival.models
import service.chart.bulk.models
import service.chart.models
import service.chart.participations
import service.drafting.models
import service.qa.models
import service.reading.models
import service.retrieval.models
import service.sealing.models
import service.signin.models
import service.summary.models
import service.web.models
import service.writeback.hooks.models
import service.writeback.models
import service.writeback.recall.models  # noqa: F401
from service.database import Base

METADATA = Base.metadata
