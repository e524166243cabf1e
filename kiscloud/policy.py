"""The numbers of KIS cloud, each in one place."""

from datetime import time, timedelta
from typing import Final

TRIAL: Final = timedelta(days=7)  # of a company that is not verified (S5.2)
TRIAL_VERIFIED: Final = timedelta(days=30)  # S5.3
TRIAL_PRODUCTS: Final = 3  # in a company, deleted ones counted (S7.3, S7.4)
TRIAL_SETS: Final = 1
TRIAL_USERS: Final = 3  # S7.5
VERIFY_WITHIN: Final = timedelta(days=30)  # after the first activation (S5.4)
OPEN_UNVERIFIED: Final = timedelta(days=15)  # after that, existing sets still open so long
VERIFY_NOTICES: Final = (-7, 0, 14)  # days counted from the last day of VERIFY_WITHIN
SETS_BY_DEFAULT: Final = 3  # S8.2
GRACE: Final = timedelta(days=15)  # after the end, sets are still used (S10.2)
KEPT: Final = timedelta(days=30)  # after the end, then the data goes (S10.4)
NOTICE_DAYS: Final = (-30, -7, 0, 7, 14, 15, 25, 29, 30)  # counted from the end
FREE_SWITCH: Final = timedelta(days=365)  # private → public without the module (S18.2)
COUNTDOWN: Final = timedelta(seconds=60)  # of somebody logged off in a set (S12.4)
SEAT_SILENCE: Final = timedelta(minutes=4)  # without a heartbeat the seat is free
HEARTBEAT: Final = timedelta(minutes=1)
KEY_ATTEMPTS: Final = 10  # wrong keys in an hour, for a company and for a serial
KEY_LETTERS: Final = 5  # sent again in an hour
WAIT_SILENCE: Final = timedelta(seconds=45)  # who does not ask for his place so long has gone
WAIT_ASKS: Final = timedelta(seconds=15)  # so often the client asks
ASK_EVERY: Final = timedelta(minutes=10)  # a seat is asked for at most so often
PEAK_DAYS: Final = 28  # that the picture of the busiest hours shows
TICKET_LIFE: Final = timedelta(seconds=60)
SESSION_LIFE: Final = timedelta(hours=12)  # of a log-in in a client that is not remembered
DEVICES_MAX: Final = 30  # of one person
PREFERENCES_MAX: Final = 4096  # bytes for each device
DEVICE_LIFE: Final = timedelta(days=90)  # of a remembered log-in (S20.3)
PERSONAL_DRIVE: Final = 1024 * 1024 * 1024  # bytes for each person
DRIVE_FILE: Final = 200 * 1024 * 1024  # bytes
DRIVE_FILES: Final = 2000  # for each person
CLIENT_CALLS: Final = (600, 60)  # in so many seconds, for each device
LAUNCHES: Final = (60, 3600)  # from an address
CODE_TRIES: Final = (300, 3600)  # of authorisation codes of private clouds, from an address
RELEASE_FILE: Final = 1024 * 1024 * 1024  # bytes
BACKUPS_MAX: Final = 100  # made by hand and sent by private servers, in a company's drive (S16.3)
SENT_FILE: Final = 2 * 1024 * 1024 * 1024  # bytes of a backup that a private server sends
SENT_UNPACKED: Final = 8 * 1024 * 1024 * 1024  # bytes; a private cloud has sets that the public one does not take
UPGRADES: Final = (30, 3600)  # files of earlier products in so many seconds, for each company
SENDING: Final = timedelta(minutes=10)  # after that, one that is still being kept was broken off
STRAY_AFTER: Final = timedelta(days=2)  # a file that no row names is not being stored any more
BACKUP_PACE: Final = timedelta(seconds=2)  # between two automatic ones
AUTOMATIC_KEPT: Final = 7  # of each set (S16.9)
UNPACKED_MAX: Final = 2 * 1024 * 1024 * 1024  # bytes of a set that the public cloud takes (S17.7)
DEMO_AGAIN: Final = time(4)  # in Shanghai, when demo sets are put back to their first state each night
RELEASE_NEWS: Final = timedelta(days=30)  # so long after a release its message pops up (S22.4)
