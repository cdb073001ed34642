"""Deciding: which rules apply, what follows, why. Pure: no input or output."""
