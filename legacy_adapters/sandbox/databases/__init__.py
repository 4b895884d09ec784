"""In: a `World` and a database URL. Out: that city's database, loaded, and its faults on demand.

One exporter per system writes the world in the system's own shape; `sqlite`, `postgresql` and `mariadb` load it.
"""
