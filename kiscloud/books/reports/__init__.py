"""The books' reports. Each reads one month's balances, so none grows with the history."""
