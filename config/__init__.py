"""Everything that is not the product: settings, database, jobs, states, errors, forms, security, look.

Imports no app of the project; names apps only by string. What it keeps true: one settings file read from the
environment, one way to refuse (`errors.DomainError`), one outbox of jobs (`jobs`), one rate limiter (`limits`).
"""
