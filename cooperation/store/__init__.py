"""In: what happened to an operation. Out: the same, kept: rows of a database of its own, SQLite or PostgreSQL.

Every change is one transaction (`Store.transact`): the operation, its history, its deliveries and tasks, and the entry
in the change feed come about together or not at all.
"""
