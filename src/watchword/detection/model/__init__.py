"""The meaning model: a small sentence encoder that knows the shipped meanings in wordings nobody listed."""
