"""In: a day and a number of working days. Out: the day a deadline ends, by the state council's calendar.

One file per year in `years/`; a year without one is estimated, and what rests on it says so.
"""
