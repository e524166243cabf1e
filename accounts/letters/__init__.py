"""Every letter of accounts. Importing this package makes them known."""

from accounts.letters import answers, bonds, people, questions, security
from accounts.letters.base import Letter, Text, letter, names, write
from accounts.letters.news import News

__all__ = [
    "Letter",
    "News",
    "Text",
    "answers",
    "bonds",
    "letter",
    "names",
    "people",
    "questions",
    "security",
    "write",
]
