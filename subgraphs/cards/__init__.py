"""In: a city's `CardsSource`s. Out: the domain `cards`: cards of people, by number, with their two functions."""
