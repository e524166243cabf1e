"""Exports asked for meanwhile: the background's share of the trouble."""

import threading
from typing import Final

from django.db import Error, connection

from accounts.models import Account
from config.errors import DomainError
from finance.services.exports import request_export
from tests.fund_chaos.cast import owner

PAUSE_SECONDS: Final = 4.0


class Files(threading.Thread):
    """Asks for a file of the fund flow every few seconds."""

    def __init__(self, account: Account, over: threading.Event) -> None:
        super().__init__(daemon=True)
        self.account, self.over, self.asked = account, over, 0

    def run(self) -> None:
        """Until the end."""
        actor, turn = owner(self.account), 0
        while not self.over.wait(PAUSE_SECONDS):
            turn += 1
            try:
                request_export(actor=actor, account=self.account, file_format="csv" if turn % 2 else "xlsx", asked={})
                self.asked += 1
            except DomainError:  # enough are under way
                pass
            except Error:  # the database was just killed: whether this one was asked for shows in its row
                connection.close()
        connection.close()
