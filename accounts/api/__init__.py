"""The API of accounts: one module a noun; `accounts.api_urls` names the addresses."""
