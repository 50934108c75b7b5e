"""Synthetic patients, one story per folder, written by the project; and their sandbox EHR."""
