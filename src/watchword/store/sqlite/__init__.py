"""SQLite as Django's database, in which the threads of a process write in turn."""
