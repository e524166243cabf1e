"""Who people are and how their accounts are linked.

Owns users, enterprises (legal entities), accounts, operators and their roles, certification, relationships,
invitations, permissions, the resource directory, one-time codes, deliveries, messages and events.

Always true: one enterprise per credit code; at most one live relationship per ordered pair of accounts; one group
membership per account; rights come only from an established relationship; every change leaves one event.

May import `config` and nothing else of the project.
"""
