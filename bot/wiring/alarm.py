"""The dead-man's switch, wired: what it watches, its second path, and the loop it runs in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from bot.alarm.senses import CLOCK, DATABASE, MAILBOX, OUTGOING, SLACK, Sense
from bot.alarm.watch import Tell, Watch
from bot.alarm.wording import Bulletin
from bot.cursors import Cursor
from bot.jobs.schedule import Schedule
from bot.loop import Loop
from bot.mail.alarm import AlarmMail
from bot.mail.ledger import MARKS
from bot.mail.oauth import Tokens
from bot.settings import Settings
from bot.tls import tls_context
from bot.web.health import Check
from bot.web.heartbeat import Heartbeat
from bot.wiring.desk import Desk

LOOK_SECONDS = 5.0
AGENDA = "agenda"
# Every part does something at least every five seconds; nothing is silent sooner than this.
LEAST_PATIENCE = timedelta(minutes=1)


def alarm_loop(
    settings: Settings, desk: Desk, schedule: Schedule, checks: Mapping[str, Check], tokens: Tokens | None
) -> Loop | None:
    """Return the loop of the watch, or None where nobody is to be told."""
    url = settings.heartbeat_url
    if not settings.alarm_emails and url is None:
        return None
    watch = Watch(
        _senses(desk, settings, schedule, checks),
        desk.database,
        desk.clock,
        timedelta(minutes=settings.alarm_after_minutes),
        tell=_second_path(settings, desk, tokens),
        beat=Heartbeat(url.get_secret_value(), tls_context()).beat if url else None,
    )
    return Loop("alarm", watch.look, lambda: LOOK_SECONDS, desk.clock)


def _senses(desk: Desk, settings: Settings, schedule: Schedule, checks: Mapping[str, Check]) -> list[Sense]:
    """Make a sense of each check of /health; a part that is switched off is not watched.

    By outgoing mail we tell: while it is away nobody can be mailed about it, but the heartbeat stops.
    """
    patience = max(timedelta(minutes=settings.alarm_after_minutes), LEAST_PATIENCE)
    senses: dict[str, Callable[[Check], Sense]] = {
        # The sweep's own interval may be longer than anybody's patience.
        "scheduler": lambda check: Sense(CLOCK, check.problem, lambda: schedule.succeeded_at(AGENDA), patience),
        "database": lambda check: Sense(DATABASE, check.problem),
        "slack": lambda check: Sense(SLACK, check.problem, check.worked_at, patience),
        "outgoing_mail": lambda check: Sense(OUTGOING, check.problem),
        "email_listener": lambda check: _mailbox_sense(check, desk, settings, patience),
    }
    return [senses[name](check) for name, check in checks.items() if not check.disabled]


def _mailbox_sense(check: Check, desk: Desk, settings: Settings, patience: timedelta) -> Sense:
    """A pass ends every poll interval at the latest; one through a backlog takes long, and moves its mark meanwhile."""

    def marked_at() -> datetime | None:
        moved = select(func.max(Cursor.moved_at)).where(col(Cursor.name).startswith(MARKS))
        try:
            with desk.database.readers.begin() as session:
                return session.exec(moved).one()
        except SQLAlchemyError:
            return None

    def problem() -> str:
        said = check.problem()
        at = marked_at() if said else None
        return "" if at is not None and desk.clock.now() - at < LEAST_PATIENCE else said

    def worked_at() -> datetime | None:
        return max((at for at in (check.worked_at(), marked_at()) if at is not None), default=None)

    return Sense(MAILBOX, problem, worked_at, max(patience, timedelta(seconds=3 * settings.email_poll_interval)))


def _second_path(settings: Settings, desk: Desk, tokens: Tokens | None) -> Tell | None:
    if not settings.alarm_emails:
        return None
    mail = AlarmMail(settings, desk.clock, tokens)

    def tell(bulletin: Bulletin) -> bool:
        return mail.send(bulletin.subject, bulletin.text, bulletin.token)

    return tell
