"""Evidence -> SummaryVersion: prompts, answer schema, the writers with and without a model."""
