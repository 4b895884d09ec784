"""In: a city's `PensionsSource`. Out: the domain `pensions`: pensions, their certification, their payments."""
