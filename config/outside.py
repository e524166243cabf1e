"""Addresses outside the site that help leads to, where the environment (`HELP_FORUM`, …) names no others."""

from typing import Final

_CHROME: Final = "https://dl.google.com/tag/s/dl/chrome/install/googlechromestandaloneenterprise"
HELP: Final = {
    "forum": "https://community.example.com/kis",  # where customers ask and staff answer
    "chrome64": f"{_CHROME}64.msi",  # a browser for those whose own draws pages badly
    "chrome32": f"{_CHROME}.msi",
}
