"""Back doors: how outside systems are reached."""
