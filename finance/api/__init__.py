"""The API of finance: one module a noun; `finance.api_urls` names the addresses."""
