"""In: one subgraph's schema. Out: errors that concern this subgraph alone; each module checks one group of rules."""
