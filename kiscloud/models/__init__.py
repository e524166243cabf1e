"""The tables of KIS cloud, one noun a module."""

from kiscloud.models.account_set import AccountSet, SetUser
from kiscloud.models.activation import ActivationKey, Offering
from kiscloud.models.backup import Backup
from kiscloud.models.backup_alarm import BackupAlarm
from kiscloud.models.client import Archive, DriveFile, PrivateServer, Release
from kiscloud.models.company import Company, CompanyMember
from kiscloud.models.deletion import Deletion
from kiscloud.models.seat import Device, LaunchTicket, Platform, Seat, SeatPeak, SeatWait
from kiscloud.models.subscription import ExpiryNotice, Subscription

__all__ = [
    "AccountSet",
    "ActivationKey",
    "Archive",
    "Backup",
    "BackupAlarm",
    "Company",
    "CompanyMember",
    "Deletion",
    "Device",
    "DriveFile",
    "ExpiryNotice",
    "LaunchTicket",
    "Offering",
    "Platform",
    "PrivateServer",
    "Release",
    "Seat",
    "SeatPeak",
    "SeatWait",
    "SetUser",
    "Subscription",
]
