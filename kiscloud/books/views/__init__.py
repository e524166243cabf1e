"""Pages of a set's books (`/sets/<number>/…`)."""
