"""Translations are compiled by the project itself."""

import gettext
import os
from pathlib import Path

from config.translations import compile_translations

SOURCE = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=1; plural=0;\\n"

msgid "Account"
msgstr "云账号"

msgid "%(count)s month"
msgid_plural "%(count)s months"
msgstr[0] "%(count)s 个月"
"""


def make_source(locale: Path) -> Path:
    source = locale / "zh_Hans" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(SOURCE, encoding="utf-8")
    return source


def test_what_is_compiled_translates(tmp_path: Path) -> None:
    make_source(tmp_path)
    [written] = compile_translations(tmp_path)
    with written.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    assert catalogue.gettext("Account") == "云账号"
    assert catalogue.ngettext("%(count)s month", "%(count)s months", 3) == "%(count)s 个月"


def test_only_what_changed_is_compiled_again(tmp_path: Path) -> None:
    source = make_source(tmp_path)
    [written] = compile_translations(tmp_path)
    later = source.stat().st_mtime + 10
    os.utime(written, (later, later))
    assert compile_translations(tmp_path) == []
    os.utime(source, (later + 10, later + 10))
    assert compile_translations(tmp_path) == [written]
    assert sorted(source.parent.iterdir()) == [written, source]
