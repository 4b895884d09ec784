"""In: a delivery that is owed to a city's system. Out: its effect, exactly once, or a person's task; never nothing.

`turn.py` is the algorithm; `decisions.py` says what each observation and outcome leads to; `ledger.py` keeps it.
"""
