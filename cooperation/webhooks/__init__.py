"""In: the change feed. Out: its entries posted to partners, signed, in order, again until they are taken.

A webhook keeps its own cursor in the feed: nothing is lost while a partner is away, and nothing is posted out of order.
A partner may get an entry twice, after a death between its answer and the cursor's moving: `webhook-id` tells.
"""
