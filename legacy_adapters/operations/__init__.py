"""What a city's systems do on request: in, a command and a reference of the caller; out, an observation or an outcome.

`outcomes.py` says how a request can end, `commands.py` what is asked, `protocols.py` what an adapter offers: one
`LegacyWrite` an operation, `CityOperations` for all of a city. `registry.open_operations` makes them. The package's
README tells how an outcome is decided.
"""
