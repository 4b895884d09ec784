"""In: a database's URL and select statements. Out: rows, or an `AdapterError`. Read only, whatever is asked.

SQLAlchemy Core with the columns' own types, so that a CHAR column is compared as the database compares CHAR.
"""
