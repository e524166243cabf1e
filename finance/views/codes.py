"""Acts that ask for a code only sometimes: above a limit, or only when nothing else stands in the way.

The service is asked first; what it says decides. So a form that is sent twice finds its result without another code.
"""

from collections.abc import Callable
from typing import TypeVar

from accounts.services.codes import CodeNeeded, NoMobile

Result = TypeVar("Result")


class CodeWanted(Exception):
    """The act is good, but needs a code; the view leads to the code page, which helps without a phone, too."""


def unless_code(act: Callable[[], Result]) -> Result:
    """What the act answers; CodeWanted where only the code is missing."""
    try:
        return act()
    except (CodeNeeded, NoMobile) as error:
        raise CodeWanted from error
