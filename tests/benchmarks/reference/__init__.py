"""In: nothing. Out: the reference graph (accounts, inventory, products, reviews), its subgraphs' stub, a load generator."""
