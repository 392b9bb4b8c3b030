"""The bot: its edges, loops and schedule, wired together; nothing is connected or started yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from slack_sdk import WebClient

import bot.cursors  # noqa: F401 - its table belongs to the schema
from bot.cases.files import Shelves
from bot.clock import Clock
from bot.jobs.schedule import DIRECTORY_SECONDS, Schedule
from bot.leases import TERM_SECONDS, Leases, Role
from bot.loop import Loop
from bot.mail.archive import archive_of
from bot.mail.connection import tls_context
from bot.mail.kept_attachments import SHELF as MAIL_SHELF
from bot.mail.kept_attachments import MailAttachments
from bot.mail.oauth import Tokens, tokens_of
from bot.mail.quarantine import Quarantine
from bot.mail.quarantine_desk import QuarantineDesk
from bot.mail.sender import MailSender
from bot.mail.watcher import MailWatcher
from bot.outbox.pacing import Pacing
from bot.outbox.postman import wake_on_commit
from bot.outbox.queries import refused, waiting
from bot.settings import Settings
from bot.slack.files import SHELF, SlackFiles
from bot.slack.homes import Homes, tell_changes
from bot.slack.transport import web_client
from bot.slack.views.home import Standing
from bot.web.case_list import newest_cases
from bot.web.figures import Figures
from bot.web.health import Check
from bot.web.routes import DebugView, build_web
from bot.web.server import WebServer
from bot.wiring.desk import Desk, open_desk
from bot.wiring.slack_edge import Mailroom, SlackEdge, slack_edge

CONNECTION_SECONDS = 5.0
SWEEP = "sweep"
AGENDA_SECONDS = 5.0
HOMES_SECONDS = 1.0
# How soon the other processes know what one of them heard of people and admin groups.
PEOPLE_SECONDS = 5.0
LOOK_FOR_ROLE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Bot:
    """The whole, ready to be started by the runtime."""

    settings: Settings
    desk: Desk
    slack: SlackEdge
    mail: MailWatcher | None
    schedule: Schedule
    web: WebServer
    connecting: Loop
    delivering: Loop
    redrawing: Loop
    collecting: Loop | None
    checks: Mapping[str, Check]
    leases: Leases
    leasing: Loop


def build_bot(
    settings: Settings, clock: Clock, pacing: Pacing | None = None, term_seconds: float = TERM_SECONDS
) -> Bot:
    """Wire the bot; nothing is connected or started yet.

    `term_seconds` is how long the mailbox and the clock stay with a process that gave no sign of life.
    """
    desk = open_desk(settings, clock)
    # One giver of tokens for both ways: a refresh token that the provider replaces is known to both.
    tokens = tokens_of(settings, desk.clock, tls_context())
    web = web_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)
    slack = slack_edge(settings, desk, web, pacing or Pacing(), _mailroom(settings, desk, web, tokens))
    delivering = Loop("postman", slack.postman.deliver_due, slack.postman.pause, clock)
    wake_on_commit(desk.database.writers, delivering.nudge)
    connecting = Loop("slack", slack.connection.keep, lambda: CONNECTION_SECONDS, clock)
    slack.connection.wake = connecting.nudge
    mail = _mail_edge(settings, desk, tokens)
    postbox, ticking = Role("mailbox"), Role("clock")
    leases = Leases(desk.database, [postbox, ticking] if mail else [ticking], term_seconds)
    leasing = Loop("leases", leases.keep, leases.pause, clock)
    collecting = _collecting(mail, postbox, clock) if mail else None
    schedule = _schedule(settings, desk, slack, ticking)
    checks = {
        # The leases are written every few seconds: what is locked, full or read-only shows there.
        "database": Check(lambda: desk.database.problem() or _failing(leasing)),
        "email_listener": _mail_check(mail, postbox),
        "scheduler": _clock_check(schedule, ticking),
        "slack": Check(
            lambda: _problems(slack.connection.problem, _failing(delivering)),
            worked_at=lambda: connecting.pulse.succeeded_at,
        ),
    }
    return Bot(
        settings=settings,
        desk=desk,
        slack=slack,
        mail=mail,
        schedule=schedule,
        web=_web_edge(settings, desk, checks),
        connecting=connecting,
        delivering=delivering,
        redrawing=_homes_loop(desk, slack.services.homes, checks),
        collecting=collecting,
        checks=checks,
        leases=leases,
        leasing=leasing,
    )


def _mail_check(mail: MailWatcher | None, postbox: Role) -> Check:
    """Return how the mailbox is doing, in whichever process it is watched."""
    return Check(
        lambda: postbox.problem,
        disabled=mail is None,
        worked_at=lambda: mail.state.last_pass_at if mail and postbox.is_ours else None,
    )


def _clock_check(schedule: Schedule, ticking: Role) -> Check:
    return Check(
        lambda: schedule.problem or ticking.problem,
        worked_at=lambda: schedule.succeeded_at(SWEEP) if ticking.is_ours else None,
    )


def _collecting(mail: MailWatcher, postbox: Role, clock: Clock) -> Loop:
    """Return the loop that watches the mailbox while that is this process's role."""
    watch = postbox.only_here(mail.watch, otherwise=mail.disconnect)
    collecting = Loop("mailbox", watch, lambda: 0.0 if postbox.is_ours else LOOK_FOR_ROLE_SECONDS, clock)
    postbox.report = lambda: _problems(mail.problem, _failing(collecting))
    postbox.begin = collecting.nudge
    return collecting


def _homes_loop(desk: Desk, homes: Homes, checks: Mapping[str, Check]) -> Loop:
    """Return the loop that draws open App Homes again after a case has changed."""
    tell_changes(desk.database.writers, homes.mark_changed)
    homes.standing = lambda: Standing(
        services=[(name, check.problem()) for name, check in checks.items() if not check.disabled],
        due=waiting(desk.database),
        refused=refused(desk.database),
    )
    return Loop("homes", homes.redraw_due, lambda: HOMES_SECONDS, desk.clock)


def _mail_edge(settings: Settings, desk: Desk, tokens: Tokens | None) -> MailWatcher | None:
    if not settings.mail_enabled:
        return None
    return MailWatcher(settings, desk.database, desk.clock, desk.intake, desk.tell_support, tokens)


def _mailroom(settings: Settings, desk: Desk, web: WebClient, tokens: Tokens | None) -> Mailroom:
    archive = archive_of(desk.database.url)
    files = Shelves(
        {
            SHELF: SlackFiles(web, settings.max_attachment_size).read,
            MAIL_SHELF: MailAttachments(desk.database, archive).read,
        }
    )
    return Mailroom(
        sender=MailSender(settings, desk.clock, desk.queries, files.read, tokens),
        files=files,
        largest_file=settings.max_attachment_size,
        quarantine=_quarantine(settings, desk, tokens),
    )


def _quarantine(settings: Settings, desk: Desk, tokens: Tokens | None) -> QuarantineDesk | None:
    if not settings.mail_enabled:
        return None
    return QuarantineDesk(Quarantine(settings, desk.database, desk.clock, desk.intake, tokens))


def _web_edge(settings: Settings, desk: Desk, checks: Mapping[str, Check]) -> WebServer:
    figures = Figures(desk.database, desk.clock, checks)
    debug = DebugView(partial(newest_cases, desk.database), settings.cors_origins) if settings.debug else None
    return WebServer(build_web(checks, desk.clock, figures, debug), settings.host, settings.port)


def _schedule(settings: Settings, desk: Desk, slack: SlackEdge, ticking: Role) -> Schedule:
    schedule = Schedule(desk.clock)
    schedule.every(settings.escalation_check_interval, SWEEP, ticking.only_here(desk.sweep.sweep))
    # Each of its acts is claimed by itself, so all processes may keep it.
    schedule.every(AGENDA_SECONDS, "agenda", desk.agenda.keep_due)
    schedule.every(DIRECTORY_SECONDS, "directory", ticking.only_here(slack.directory.refresh), at_once=False)
    if not desk.database.is_sqlite:
        schedule.every(PEOPLE_SECONDS, "people", slack.directory.reread)
    ticking.report = lambda: schedule.problem
    # Whoever had it before may have died just before his next sweep.
    ticking.begin = lambda: schedule.run_now(SWEEP)
    return schedule


def _failing(loop: Loop | None) -> str:
    """Return why a loop's act fails, whatever the act itself knows of it; empty while it succeeds."""
    return f"{loop.name}: {loop.pulse.reason}" if loop is not None and loop.pulse.reason else ""


def _problems(*problems: str) -> str:
    return "; ".join(problem for problem in problems if problem)
