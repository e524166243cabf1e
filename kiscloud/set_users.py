"""Names of set users: which nobody may bear (S14.9). Pure."""

import unicodedata

from django.utils.translation import gettext_lazy as _

from config.errors import InputError
from kiscloud.editions import EDITIONS

NAME_LENGTH = 60


class ForbiddenName(InputError):
    """The edition's own administrator is called that."""

    code = "forbidden_name"
    rule = "S14.9"


def check_name(name: str, *, edition: str) -> None:
    """Raises ForbiddenName where the edition keeps the name for itself, in whatever letters it is written."""
    kept = EDITIONS[edition].forbidden_name
    if unicodedata.normalize("NFKC", name).strip().casefold() == kept.casefold():
        sentence = _("“%(name)s” is the name of the built-in administrator. Give this person another name.")
        raise ForbiddenName("name", sentence, name=name)
