"""Imports every module that declares tables, so that tests can make them all."""

import importlib

import service.audit
import service.chart.models
import service.summary.models  # noqa: F401

for _name in ("retrieval", "writeback", "qa", "web"):
    try:
        importlib.import_module(f"service.{_name}.models")
    except ModuleNotFoundError:
        continue
