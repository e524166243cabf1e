"""Killing everything while money moves, and proving afterwards that nothing was lost, doubled or half done.

`script/chaos_funds` runs it; it is no part of the tests, because it takes minutes. `world` are the processes, `cast`
the accounts, `clients` the business systems that call, `killer` what happens to the processes meanwhile, `verdict` the
questions at the end.
"""
