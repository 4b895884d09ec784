"""In: valid subgraph schemas. Out: the merged schema with its join directives, errors and hints reported on the way."""
