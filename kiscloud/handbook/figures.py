"""The numbers that the handbook names, each taken from where it is set, so that no page tells an old one."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from kiscloud import policy, upgrades
from kiscloud.editions import EDITIONS, Edition


def _minutes(span: timedelta) -> str:
    return str(int(span.total_seconds()) // 60)


_TRADE: Final = upgrades.PATHS[Edition.TRADE]
FIGURES: Final[Mapping[str, str]] = {
    "trial_days": str(policy.TRIAL.days),
    "trial_days_verified": str(policy.TRIAL_VERIFIED.days),
    "trial_products": str(policy.TRIAL_PRODUCTS),
    "trial_sets": str(policy.TRIAL_SETS),
    "trial_users": str(policy.TRIAL_USERS),
    "verify_days": str(policy.VERIFY_WITHIN.days),
    "open_unverified_days": str(policy.OPEN_UNVERIFIED.days),
    "default_sets": str(policy.SETS_BY_DEFAULT),
    "grace_days": str(policy.GRACE.days),
    "kept_days": str(policy.KEPT.days),
    "after_grace": str(policy.GRACE.days + 1),
    "countdown": str(int(policy.COUNTDOWN.total_seconds())),
    "silence_minutes": _minutes(policy.SEAT_SILENCE),
    "key_attempts": str(policy.KEY_ATTEMPTS),
    "device_days": str(policy.DEVICE_LIFE.days),
    "drive_gb": str(policy.PERSONAL_DRIVE // 1024**3),
    "backups_max": str(policy.BACKUPS_MAX),
    "automatic_kept": str(policy.AUTOMATIC_KEPT),
    "restore_gb": str(policy.UNPACKED_MAX // 1024**3),
    "name_professional": EDITIONS[Edition.PROFESSIONAL].forbidden_name,
    "name_flagship": EDITIONS[Edition.FLAGSHIP].forbidden_name,
    "upgrade_from": f"V{_TRADE.newest_from}",
    "upgrade_to": f"V{_TRADE.to}",
    "demo_again": f"{policy.DEMO_AGAIN:%H:%M}",
    "mac_minimum": "OS X 10.13",
    "portable_mb": "3",
}
