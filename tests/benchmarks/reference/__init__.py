"""In: nothing. Out: accounts, inventory, products and reviews: their schemas, a stub of them, a load generator."""
