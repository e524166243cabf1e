"""The file of an account set: written for backups and archives, read by restores, and readable with ordinary tools.

It is a ZIP with one CSV for each table of each set and a `manifest.json` that counts and hashes them
(`docs/set_files.md`). Kept files are sealed on top of that if the settings say so. Both ways it is streamed.
"""

from kiscloud.set_files.manifest import Manifest, Unfit
from kiscloud.set_files.reading import Opened, open_file
from kiscloud.set_files.writing import write_file

__all__ = ["Manifest", "Opened", "Unfit", "open_file", "write_file"]
