"""In: deliveries that are owed. Out: turns at each of them until it is settled, by whichever process is alive.

`engine.py` is the only module that knows DBOS; `executors.py` tells which processes live; `sweep.py` finds what was
left lying, `waking.py` what sleeps though its city is back. What is owed stands in our own tables; DBOS holds when to
go on with it, and no citizen's data.
"""
