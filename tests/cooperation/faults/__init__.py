"""Random operations under scripted faults, and what must hold of the cities' own logs and of the database afterwards.

`simulation.py` runs a world on a clock of its own in this process, `processes.py` real processes that are killed;
`invariants.py` judges both. `python -m tests.cooperation.faults` runs as many as one likes.
"""
