"""Noticing: who has contacted us before about the same issue."""
