"""The bot: its edges, loops and schedule, wired together; nothing is connected or started yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from slack_sdk import WebClient

from bot.alarm.auditor import LOOK_SECONDS, Auditor
from bot.cases.files import Shelves
from bot.cases.refusals import Refusals
from bot.clock import Clock
from bot.jobs.routines import Routine, Routines
from bot.jobs.schedule import Schedule
from bot.leases import TERM_SECONDS, Role
from bot.loop import Loop
from bot.mail.archive import archive_of
from bot.mail.kept_attachments import SHELF as MAIL_SHELF
from bot.mail.kept_attachments import MailAttachments
from bot.mail.oauth import Tokens, tokens_of
from bot.mail.quarantine import Quarantine
from bot.mail.quarantine_desk import QuarantineDesk
from bot.mail.sender import MailSender
from bot.mail.watcher import MailWatcher
from bot.outbox.pacing import Pacing
from bot.outbox.postman import Postman
from bot.outbox.queries import refused, waiting
from bot.outbox.waking import wake_on_commit
from bot.settings import Settings
from bot.slack.files import SHELF, SlackFiles
from bot.slack.homes import Homes, tell_changes
from bot.slack.recap import recap_acts
from bot.slack.transport import web_client
from bot.slack.views.home import Standing
from bot.tls import tls_context
from bot.tracing.collector import Tracing
from bot.web.health import Check
from bot.web.server import WebServer
from bot.wiring.alarm import alarm_loop
from bot.wiring.desk import Desk, open_desk
from bot.wiring.mail_edge import mail_watcher
from bot.wiring.slack_edge import LETTERS, Mailroom, SlackEdge, slack_edge
from bot.wiring.turns import TICK_SECONDS, Turns, routines_in_turn, turns_of, watching_in_turn
from bot.wiring.web_edge import tracing_of, web_edge

CATCHUP_SECONDS = 5.0
SWEEP = "sweep"
DIRECTORY_EVERY = timedelta(hours=1)
RETENTION_EVERY = timedelta(minutes=1)
# Between two mails: providers take a few a second from one sender.
MAIL_SECONDS = 0.2
# How soon the other processes know what one of them heard of people and admin groups.
PEOPLE_SECONDS = 5.0


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
    catching_up: Loop
    delivering: Loop
    carrying: Loop
    posting: Loop
    redrawing: Loop
    collecting: Loop | None
    watching: Loop | None
    auditing: Loop
    turns: Turns
    tracing: Tracing | None
    checks: Mapping[str, Check]


def build_bot(settings: Settings, clock: Clock, pacing: Pacing | None = None, term: float = TERM_SECONDS) -> Bot:
    """Wire the bot; nothing is connected or started yet. Roles outlive a silent process by `term` seconds."""
    desk = open_desk(settings, clock, recap_acts())
    tokens = tokens_of(settings, clock, tls_context())  # one giver: a token that is replaced is known to all
    web = web_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)
    mailroom = _mailroom(settings, desk, web, tokens)
    slack = slack_edge(settings, desk, web, pacing or Pacing(), mailroom)
    delivering, carrying = _round("postman", slack.postman, desk), _round("porter", slack.porter, desk)
    sender, posting = _letters(settings, desk, slack, mailroom, tokens)
    connecting, catching_up = _connecting(slack, clock), _catching_up(slack, clock)
    mail = _mail_edge(settings, desk, tokens)
    turns = turns_of(desk, term, has_mailbox=mail is not None)
    schedule, routines, auditor = _clockwork(settings, desk, slack, turns.clock)
    checks = {
        "database": _database_check(desk, turns),
        "email_listener": _mail_check(mail, turns.mailbox),
        "outgoing_mail": _outgoing_check(settings, sender, posting),
        "scheduler": _clock_check(schedule, routines, auditor, turns.clock),
        "slack": _slack_check(slack, connecting, catching_up, delivering, carrying),
    }
    return Bot(
        settings=settings,
        desk=desk,
        slack=slack,
        mail=mail,
        schedule=schedule,
        web=web_edge(settings, desk, slack, checks),
        connecting=connecting,
        catching_up=catching_up,
        delivering=delivering,
        carrying=carrying,
        posting=posting,
        redrawing=_homes_loop(desk, slack.services.homes, checks),
        collecting=_collecting(mail, turns.mailbox, clock) if mail else None,
        watching=alarm_loop(settings, desk, schedule, checks, tokens),
        auditing=Loop("auditor", auditor.look, lambda: LOOK_SECONDS, clock),
        turns=turns,
        tracing=tracing_of(settings, desk),
        checks=checks,
    )


def _homes_loop(desk: Desk, homes: Homes, checks: Mapping[str, Check]) -> Loop:
    """Return the loop that draws open App Homes again after a case has changed."""
    tell_changes(desk.database.writers, homes.mark_changed)
    homes.standing = lambda: Standing(
        services=[(name, check.problem()) for name, check in checks.items() if not check.disabled],
        due=waiting(desk.database),
        refused=refused(desk.database),
    )
    redrawing = Loop("homes", homes.redraw_due, homes.rest, desk.clock)
    homes.wake = redrawing.nudge
    return redrawing


def _connecting(slack: SlackEdge, clock: Clock) -> Loop:
    connecting = Loop("slack", slack.connection.keep, slack.connection.rest, clock)
    slack.connection.wake = connecting.nudge
    return connecting


def _catching_up(slack: SlackEdge, clock: Clock) -> Loop:
    catching_up = Loop("catch-up", slack.catchup.keep, lambda: CATCHUP_SECONDS, clock)
    slack.hearing.wake = catching_up.nudge
    return catching_up


def _slack_check(slack: SlackEdge, connecting: Loop, *others: Loop) -> Check:
    return Check(
        lambda: _problems(slack.connection.problem, slack.catchup.problem, *(_failing(loop) for loop in others)),
        worked_at=lambda: connecting.pulse.succeeded_at,
        evidence=lambda: slack.connection.details,
    )


def _database_check(desk: Desk, turns: Turns) -> Check:
    """Return how the database is: read when asked, and written to by the leases every few seconds."""
    return Check(lambda: desk.database.problem() or _failing(turns.loop))


def _clock_check(schedule: Schedule, routines: Routines, auditor: Auditor, clock: Role) -> Check:
    """Return how what is due by the clock is doing, in whichever process it is done, and what was left undone."""
    return Check(
        lambda: _problems(schedule.problem or clock.problem, auditor.problem),
        worked_at=lambda: routines.kept_at(SWEEP) if clock.is_ours else None,
    )


def _mail_check(mail: MailWatcher | None, mailbox: Role) -> Check:
    """Return how incoming mail is, wherever the mailbox is watched; where no mailbox is read, mail is off."""
    return Check(
        lambda: mailbox.problem,
        disabled=mail is None,
        worked_at=lambda: mail.state.last_pass_at if mail and mailbox.is_ours else None,
    )


def _outgoing_check(settings: Settings, sender: MailSender, posting: Loop) -> Check:
    """Return how the way out is, with or without a mailbox, as the last mail found it."""
    return Check(lambda: _problems(sender.problem, _failing(posting)), disabled=not settings.smtp_enabled)


def _collecting(mail: MailWatcher, mailbox: Role, clock: Clock) -> Loop:
    return watching_in_turn(mail, mailbox, clock, lambda loop: _problems(mail.problem, _failing(loop)))


def _letters(
    settings: Settings, desk: Desk, slack: SlackEdge, mailroom: Mailroom, tokens: Tokens | None
) -> tuple[MailSender, Loop]:
    """Return who sends mails, and the loop of the postman who brings them; where none leave, he says so to each."""
    sender = MailSender(settings, desk.clock, desk.queries, mailroom.files.read, tokens)
    pacing = Pacing(post_seconds=MAIL_SECONDS)
    hearer = Refusals(desk.replies, slack.directory.admin_ids)
    postman = Postman(desk.database, desk.clock, sender, pacing, hearer, only=LETTERS, measures=desk.measures)
    return sender, _round("mail postman", postman, desk)


def _round(name: str, postman: Postman, desk: Desk) -> Loop:
    """Return the loop of a postman, who is woken by each commit that stored a delivery of his."""
    loop = Loop(name, postman.deliver_due, postman.pause, desk.clock, postman.breath)
    wake_on_commit(desk.database.writers, loop.nudge, postman.concerns)
    return loop


def _mail_edge(settings: Settings, desk: Desk, tokens: Tokens | None) -> MailWatcher | None:
    if not settings.mail_enabled:
        return None
    return mail_watcher(settings, desk.database, desk.clock, desk.intake, desk.tell_support, tokens, desk.measures)


def _mailroom(settings: Settings, desk: Desk, web: WebClient, tokens: Tokens | None) -> Mailroom:
    archive = archive_of(desk.database.url)
    files = Shelves(
        {
            SHELF: SlackFiles(web, settings.max_attachment_size).read,
            MAIL_SHELF: MailAttachments(desk.database, archive).read,
        }
    )
    return Mailroom(
        files=files,
        largest_file=settings.max_attachment_size,
        quarantine=_quarantine(settings, desk, tokens),
    )


def _quarantine(settings: Settings, desk: Desk, tokens: Tokens | None) -> QuarantineDesk | None:
    if not settings.mail_enabled:
        return None
    return QuarantineDesk(Quarantine(settings, desk.database, desk.clock, desk.intake, tokens))


def _clockwork(settings: Settings, desk: Desk, slack: SlackEdge, clock: Role) -> tuple[Schedule, Routines, Auditor]:
    """Return what ticks, what is done again and again, and who looks whether anything is left lying."""
    routines = _routines(settings, desk, slack, clock)
    return _schedule(desk, slack, routines, clock), routines, Auditor(desk.database, desk.clock, routines.in_hand)


def _routines(settings: Settings, desk: Desk, slack: SlackEdge, clock: Role) -> Routines:
    """Return what is done again and again by whichever process has the clock, a line each."""
    interval = timedelta(seconds=settings.escalation_check_interval)
    routines = [
        Routine(SWEEP, interval, desk.sweep.sweep),
        Routine("directory", DIRECTORY_EVERY, slack.directory.refresh, at_once=False),
        Routine("retention", RETENTION_EVERY, desk.retention.clear_due),
    ]
    return Routines(desk.database, desk.clock, routines, ours=lambda: clock.is_ours)


def _schedule(desk: Desk, slack: SlackEdge, routines: Routines, clock: Role) -> Schedule:
    """Return what ticks; what is due, and when, stands in the database."""
    schedule = Schedule(desk.clock)
    # Each of its acts is claimed by itself, so all processes may keep it.
    schedule.every(TICK_SECONDS, "agenda", desk.agenda.keep_due)
    if not desk.database.is_sqlite:
        schedule.every(PEOPLE_SECONDS, "people", slack.directory.reread)
    routines_in_turn(schedule, routines, clock)
    return schedule


def _failing(loop: Loop | None) -> str:
    """Return why a loop's act fails, whatever the act itself knows of it; empty while it succeeds."""
    return f"{loop.name}: {loop.pulse.reason}" if loop is not None and loop.pulse.reason else ""


def _problems(*problems: str) -> str:
    return "; ".join(problem for problem in problems if problem)
