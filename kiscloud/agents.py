"""What a browser runs on, by what it says of itself: for what is offered first, and nothing else."""

from typing import Final

from kiscloud.models import Platform

_SIGNS: Final = (
    ("iPhone", Platform.IPHONE),
    ("iPad", Platform.IPAD),
    ("Android", Platform.ANDROID),
    ("Windows", Platform.WINDOWS),
    ("Mac OS X", Platform.MAC),
)


def platform_of(agent: str) -> Platform | None:
    """The platform of which there may be a client."""
    return next((platform for sign, platform in _SIGNS if sign in agent), None)
