"""Schemas of input and output. One class serves form, API and tool."""
