"""In: a `World` and HTTP requests. Out: what the cities' SOAP services answer, and a log of what was written.

A service is a plain object without I/O (`service.py`); `host.py` puts it on a port, with call counts and faults.
"""
