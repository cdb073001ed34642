"""The door for machines: /api/v1, with a key for each integration."""
