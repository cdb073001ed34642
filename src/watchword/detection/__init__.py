"""Noticing: what was said."""
