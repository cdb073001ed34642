"""Many calls at once, and how soon a flag is seen."""
