"""In: how many people, a seed and a day. Out: a `World`, the invented people, employers and files of both cities.

Neutral values only; how a legacy system spells them is the business of its exporter (`databases`, `services`).
Nobody here exists: id numbers are valid but from areas that were never assigned (330199, 341099).
"""
