"""The dead-man's switch, wired: what it watches, its second path, and the loop it runs in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.alarm.senses import CLOCK, DATABASE, MAILBOX, SLACK, Sense
from bot.alarm.watch import Tell, Watch
from bot.alarm.wording import Bulletin
from bot.jobs.schedule import Schedule
from bot.loop import Loop
from bot.mail.alarm import AlarmMail
from bot.mail.connection import tls_context
from bot.mail.oauth import Tokens
from bot.settings import Settings
from bot.web.health import Check
from bot.web.heartbeat import Heartbeat
from bot.wiring.desk import Desk

LOOK_SECONDS = 5.0
AGENDA = "agenda"
# By what /health calls them.
_PARTS = {"database": DATABASE, "slack": SLACK, "email_listener": MAILBOX, "scheduler": CLOCK}


def alarm_loop(
    settings: Settings, desk: Desk, schedule: Schedule, checks: Mapping[str, Check], tokens: Tokens | None
) -> Loop | None:
    """Return the loop of the watch, or None where nobody is to be told."""
    url = settings.heartbeat_url
    if not settings.alarm_emails and url is None:
        return None
    watch = Watch(
        _senses(settings, schedule, checks),
        desk.database,
        desk.clock,
        timedelta(minutes=settings.alarm_after_minutes),
        tell=_second_path(settings, desk, tokens),
        beat=Heartbeat(url.get_secret_value(), tls_context()).beat if url else None,
    )
    return Loop("alarm", watch.look, lambda: LOOK_SECONDS, desk.clock)


def _senses(settings: Settings, schedule: Schedule, checks: Mapping[str, Check]) -> list[Sense]:
    """Make a sense of each check of /health; a part that is switched off is not watched."""
    patience = timedelta(minutes=settings.alarm_after_minutes)
    # A pass ends every poll interval at the latest, and begins anew.
    mailbox = max(patience, timedelta(seconds=3 * settings.email_poll_interval))

    def sense(name: str, check: Check) -> Sense:
        if name == "database":
            return Sense(DATABASE, check.problem)
        if name == "scheduler":
            return Sense(CLOCK, check.problem, _agenda_kept, patience)
        return Sense(_PARTS[name], check.problem, check.worked_at, mailbox if name == "email_listener" else patience)

    def _agenda_kept() -> datetime | None:
        # The sweep's own interval may be longer than anybody's patience.
        return schedule.succeeded_at(AGENDA)

    return [sense(name, check) for name, check in checks.items() if not check.disabled and name in _PARTS]


def _second_path(settings: Settings, desk: Desk, tokens: Tokens | None) -> Tell | None:
    if not settings.alarm_emails:
        return None
    mail = AlarmMail(settings, desk.clock, tokens)

    def tell(bulletin: Bulletin) -> bool:
        return mail.send(bulletin.subject, bulletin.text, bulletin.token)

    return tell
