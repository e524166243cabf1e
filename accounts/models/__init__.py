"""The tables of accounts, one noun a module."""

from accounts.models.account import Account, Operator
from accounts.models.api_key import ApiKey
from accounts.models.certification import Certification
from accounts.models.code import OneTimeCode
from accounts.models.delivery import Delivery
from accounts.models.enterprise import Enterprise
from accounts.models.event import Event
from accounts.models.folder import Folder
from accounts.models.invitation import Invitation, ShortLink
from accounts.models.message import Message, MessageRead
from accounts.models.relationship import Relationship, WithheldPoint
from accounts.models.user import Session, User

__all__ = [
    "Account",
    "ApiKey",
    "Certification",
    "Delivery",
    "Enterprise",
    "Event",
    "Folder",
    "Invitation",
    "Message",
    "MessageRead",
    "OneTimeCode",
    "Operator",
    "Relationship",
    "Session",
    "ShortLink",
    "User",
    "WithheldPoint",
]
