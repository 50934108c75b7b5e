"""Readers of the kinds of document that notes come in; each turns bytes into text."""
