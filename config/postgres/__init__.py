"""The zero-setup database: a PostgreSQL server out of a Python wheel, started by the first connection.

`base` is the Django backend (`ENGINE = "config.postgres"`), `server` starts, shares and stops the server, `place`
decides where its files live and which system user runs it, `locks` holds the file locks that all of it rests on.

Always: at most one postmaster works on a data directory; importing settings starts nothing; no decision rests on a
process id, because ids are reused and mean nothing in another container.
"""
