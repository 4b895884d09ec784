"""In: how many people, a seed, a day and ports. Out: the running legacy systems of two invented bureaus.

`population` invents the people, `databases` puts them into the cities' databases, `services` answers for the cities'
SOAP services, `faults` breaks all of them on demand, `bureaus` starts and stops the whole.
"""
