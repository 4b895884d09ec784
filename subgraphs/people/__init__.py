"""In: a city's `PeopleSource`. Out: the domain `people`: register entries, insurances, employers."""
