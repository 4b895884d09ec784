"""In: the merged schema. Out: SDL: the supergraph for gateways, the API schema for clients."""
