"""The writer that asks a chat model: what it is told, what it may cost, what is believed."""
