"""The service's front door: `api/` for machines, `console/` for people.

`project.open_project(settings)` sets Django up with everything here; only then can the other modules be imported.
"""
