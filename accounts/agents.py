"""A browser in words that people know, by what it says of itself. For showing only: anybody can write anything."""

from typing import Final

from django.utils.translation import gettext as _

# The first that fits: nearly every browser also calls itself by the names of those before it.
_BROWSERS: Final = (
    ("MicroMessenger/", "微信"),
    ("DingTalk/", "钉钉"),
    ("wxwork/", "企业微信"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("QQBrowser/", "QQ"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_PHONES: Final = frozenset({"iPhone", "iPad", "Android", "HarmonyOS"})


def in_words(agent: str) -> str:
    """“Chrome · Windows”; what cannot be told is called an unknown browser."""
    browser, system = _first(_BROWSERS, agent), _first(_SYSTEMS, agent)
    return " · ".join(part for part in (browser, system) if part) or _("Unknown browser")


def icon_for(agent: str) -> str:
    """The drawing that stands for the kind of device."""
    return "smartphone" if _first(_SYSTEMS, agent) in _PHONES else "monitor"


def _first(names: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((shown for sign, shown in names if sign in agent), "")
