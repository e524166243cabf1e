"""Every number that the business chose, with its unit in the name and its rule beside it."""

from datetime import date, timedelta

INVITATION_LIFE = timedelta(hours=48)  # K4.8; the same for permission changes
INVITATION_NUDGE_BEFORE = timedelta(hours=12)  # not opened yet: tell the inviter
CODE_LIFE = timedelta(minutes=5)
CODE_TRIES_MAX = 5
CODE_INTERVAL = timedelta(seconds=60)  # S15.3, S16.13
CODES_PER_DAY_MAX = 6  # S15.4, S16.13: per number and purpose, calendar day in Shanghai
CLEARANCE_LIFE = timedelta(minutes=15)  # how long a passed code may wait for the act it was asked for
API_KEYS_MAX = 20
API_KEY_USED_EVERY = timedelta(minutes=1)  # how exactly a key remembers when it was last used
API_PAGE_MAX = 100
FOLDER_DEPTH_MAX = 5
FOLDERS_MAX = 500
OPERATORS_MAX = 100
SESSIONS_SHOWN_MAX = 50
DRAFT_LIFE = timedelta(hours=2)  # a wizard begun and left
ACCOUNT_GROUP_SPLIT = date(2021, 4, 22)  # K12.1: into Enterprise Finance and Resource Directory
SESSION_SEEN_EVERY = timedelta(minutes=5)
LOOK_EVERY = timedelta(hours=1)  # one line per page and hour in the log of who looked
AGREEMENT_VERSION = "2026-11"  # which wording of the agreement a new login has accepted
DELIVERY_ATTEMPTS_MAX = 5
CODES_KEPT = timedelta(days=30)  # used and old codes hold mobile numbers; limits look back one day only

# Attempts per key and window in seconds
LOGINS_PER_NAME = (10, 900)
LOGINS_PER_ADDRESS = (100, 900)
CODES_PER_ADDRESS = (30, 3600)
LINK_OPENS_PER_ADDRESS = (60, 3600)
TARGET_CHECKS_PER_ACCOUNT = (60, 3600)
RESENDS_PER_INVITATION = (6, 86_400)
ASK_AGAIN_PER_LINK = (1, 86_400)
API_CALLS_PER_KEY = (600, 60)
OPERATOR_ADDS_PER_ACCOUNT = (60, 3600)  # each tells who a number belongs to
NEW_NAMES_PER_ACCOUNT = (60, 3600)  # tried for a linked account: each tells whether a name or number is taken
NEW_NAMES_PER_ADDRESS = (30, 3600)  # the same at registering
PASSWORD_CHECKS_PER_USER = (10, 900)  # the old password, asked again inside
REGISTRY_SEARCHES_PER_USER = (120, 600)
