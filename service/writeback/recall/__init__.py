"""Withdrawing all that a model, a prompt, a record or a span of time touched."""
