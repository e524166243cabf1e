"""Pages of a set's inventory (`/stock/<number>/…`)."""
