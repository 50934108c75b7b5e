"""The scripted model: an OpenAI-compatible endpoint for demos and tests, good or bad by name."""
