"""The database: what was said, what was decided, what was sent, and the built-in desk, register and click-to-dial.

Call `configuration.configure(settings)` first; only then can the other modules be imported, for the models need it.
"""
