"""KIS cloud: companies, products, seats, account sets, clients and help."""
