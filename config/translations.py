"""Compiles translations without system gettext: `python -m config.translations`. Compiled files are not kept in git."""

import os
from pathlib import Path

import polib

from config.env import BASE_DIR


def compile_translations(locale: Path) -> list[Path]:
    """Every `.po` under the directory has a `.mo` that is not older; returns those that were written."""
    stale = [source for source in sorted(locale.glob("*/LC_MESSAGES/*.po")) if _is_stale(source)]
    return [_compiled(source) for source in stale]


def _is_stale(source: Path) -> bool:
    target = source.with_suffix(".mo")
    return not target.exists() or target.stat().st_mtime <= source.stat().st_mtime


def _compiled(source: Path) -> Path:
    """Written whole under another name first: a server that reads meanwhile never sees half a catalogue."""
    fresh = source.with_suffix(f".{os.getpid()}")
    polib.pofile(str(source)).save_as_mofile(str(fresh))
    return fresh.replace(source.with_suffix(".mo"))


if __name__ == "__main__":
    compile_translations(BASE_DIR / "locale")
