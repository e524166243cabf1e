"""The nightly proof of the ledger, the seal of each day, and the alarm when the proof fails."""

import logging
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.actors import SYSTEM, Actor, require_staff
from accounts.cleaning import cleaned
from accounts.events import record
from accounts.models import User
from accounts.names import clean_remark
from accounts.services.messages import send_message
from config.errors import InputError, NotFound
from config.jobs import enqueue
from config.transactions import atomic
from finance import policy
from finance.models import LedgerAlarm, LedgerSeal, Transfer
from finance.seals import digest_of, end_of, heads_at
from finance.verification import (
    PIECE_ROWS,
    Flaw,
    Piece,
    chain_flaws,
    other_flaws,
    plan,
    transfer_flaws,
    transfer_spans,
)

log = logging.getLogger(__name__)
PIECE_JOB: Final = "finance.verify_piece"
CLEAR_PERMISSION: Final = "finance.change_ledgeralarm"
FLAWS_KEPT_MAX: Final = 50


@atomic
def plan_verification(*, key: str) -> int:
    """One job for each piece of the ledger is queued, once for this key; answers how many."""
    pieces: list[dict[str, Any]] = [{"chains": asdict(piece)} for piece in plan(PIECE_ROWS)]
    pieces += [{"transfers": span} for span in transfer_spans(PIECE_ROWS)]
    pieces.append({"rest": True})
    for number, piece in enumerate(pieces):
        enqueue(PIECE_JOB, key=f"{key}:{number}", **piece)
    return len(pieces)


@atomic
def verify_piece(*, piece: dict[str, Any]) -> LedgerAlarm | None:
    """The piece is proved right, or the alarm is raised and answered."""
    if "chains" in piece:
        flaws = list(chain_flaws(Piece(**piece["chains"])))
    elif "transfers" in piece:
        flaws = list(transfer_flaws(*piece["transfers"]))
    else:
        flaws = list(other_flaws())
    return raise_alarm(flaws=flaws) if flaws else None


@atomic
def raise_alarm(*, flaws: Iterable[Flaw], now: datetime | None = None) -> LedgerAlarm:
    """No money moves from now on, until the alarm is cleared; every member of staff has a message.

    Flaws that an open alarm is about already give that one.
    """
    kept = [flaw.facts for flaw in flaws][:FLAWS_KEPT_MAX]
    first = Flaw(**kept[0])
    log.critical("the ledger is broken", extra={"flaws": kept})
    if (standing := LedgerAlarm.objects.raised().filter(flaws=kept).first()) is not None:
        return standing
    alarm = LedgerAlarm.objects.create(what=first.sentence, flaws=kept, found_at=now or timezone.now())
    event = record("ledger.broken", actor=SYSTEM, account=None, subject=alarm, at=alarm.found_at, flaw=kept[0])
    page = reverse("admin:finance_ledgeralarm_change", args=[alarm.pk])
    for person in User.objects.filter(is_staff=True, is_active=True).order_by("pk"):
        with override(person.language):
            title = _now("The ledger is broken: no money moves until somebody has looked")
            told = _now("The nightly check found: %(flaw)s Run manage.py verify_ledger for the whole picture.")
            send_message(user=person, title=title, body=told % {"flaw": first.sentence}, event=event, link=page)
    return alarm


@atomic
def clear_alarm(*, actor: Actor, alarm_id: int, note: str, now: datetime | None = None) -> LedgerAlarm:
    """The alarm is cleared by a member of staff who says what was done; money moves again if it was the last.

    Locks the alarm. Raises StaffOnly, NotFound, InputError without a note.
    """
    person = require_staff(actor, CLEAR_PERMISSION)
    what = _what_was_done(note)
    if (alarm := LedgerAlarm.objects.select_for_update().filter(pk=alarm_id).first()) is None:
        raise NotFound()
    return _clear(alarm, actor, person, what, now)


@atomic
def resume_ledger(*, note: str, now: datetime | None = None) -> int:
    """Every alarm is cleared by somebody at the server who has just proved the ledger right; answers how many."""
    what = _what_was_done(note)
    raised = list(LedgerAlarm.objects.raised().select_for_update().order_by("pk"))
    for alarm in raised:
        _clear(alarm, SYSTEM, None, what, now)
    return len(raised)


def _what_was_done(note: str) -> str:
    if what := cleaned("note", clean_remark, note):
        return what
    raise InputError("note", _("Write what was done."))


def _clear(alarm: LedgerAlarm, actor: Actor, person: User | None, note: str, now: datetime | None) -> LedgerAlarm:
    if alarm.cleared_at is None:
        alarm.cleared_at, alarm.cleared_by, alarm.note = now or timezone.now(), person, note
        alarm.save(update_fields=["cleared_at", "cleared_by", "note"])
        record("ledger.alarm_cleared", actor=actor, account=None, subject=alarm, at=alarm.cleared_at, note=note)
    return alarm


@atomic
def seal_days(*, now: datetime | None = None) -> list[LedgerSeal]:
    """Every day that has ended, and for long enough that nothing of it is still under way, has its seal.

    Days missed while nothing ran are made up for: a seal depends on the entries only, not on when it is made. Answers
    the new seals.
    """
    latest = timezone.localdate((now or timezone.now()) - policy.SEAL_AFTER) - timedelta(days=1)
    last = LedgerSeal.objects.order_by("-day").first()
    first = _first_day() if last is None else last.day + timedelta(days=1)
    made: list[LedgerSeal] = []
    while first is not None and first <= latest and len(made) < policy.SEALS_AT_ONCE_MAX:
        last = _seal(first, bytes(last.digest) if last else b"")
        made.append(last)
        first += timedelta(days=1)
    return made


def _first_day() -> date | None:
    """That of the first transfer."""
    earliest = Transfer.objects.order_by("pk").values_list("at", flat=True).first()
    return timezone.localdate(earliest) if earliest else None


def _seal(day: date, previous: bytes) -> LedgerSeal:
    heads = heads_at(end_of(day))
    seal = LedgerSeal.objects.create(
        day=day,
        books=heads.books,
        entries=heads.entries,
        heads=heads.digest,
        digest=digest_of(previous, day, heads),
    )
    facts = {"day": f"{day:%Y-%m-%d}", "entries": heads.entries, "digest": bytes(seal.digest).hex()}
    log.info("the ledger of a day is sealed", extra=facts)  # logs are kept elsewhere, where nobody reaches both
    return seal
