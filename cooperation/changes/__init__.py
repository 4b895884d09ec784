"""In: the change feed's table. Out: pages behind a cursor for who asks, and a stream for who listens.

An entry tells that an operation changed: its number, kind, action and state, and the two cities. Nothing of a citizen.
"""
