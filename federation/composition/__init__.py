"""In: subgraphs (name, URL, SDL, partitions). Out: a supergraph SDL, or all errors together, and hints."""
