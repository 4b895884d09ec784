"""In: a city's `CasesSource`s, asked side by side. Out: the domain `cases`: injuries, disputes, inspections."""
