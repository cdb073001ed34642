"""PostgreSQL for Django, which is not asked before each request whether it is still there."""
