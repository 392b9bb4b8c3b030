"""The composition root: settings in, bot out. The only file that knows every room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from slack_bolt import App
from slack_sdk import WebClient
from sqlmodel import Session, SQLModel

import bot.cursors  # noqa: F401 - its table belongs to the schema
from bot.agenda import Agenda
from bot.cases.announcements import notice
from bot.cases.intake import Intake
from bot.cases.lookups import CaseLookups
from bot.cases.queries import CaseQueries
from bot.cases.replies import Replies
from bot.cases.rules import Rules
from bot.cases.service import CaseService
from bot.clock import Clock
from bot.db import Database
from bot.escalation.alarm_clock import AlarmClock
from bot.escalation.sweep import Sweep
from bot.jobs.schedule import DIRECTORY_SECONDS, Schedule
from bot.loop import Loop
from bot.mail.watcher import MailWatcher
from bot.migrations.migrate import migrate
from bot.outbox.pacing import Pacing
from bot.outbox.postman import Postman, wake_on_commit
from bot.outbox.queries import refused, waiting
from bot.outbox.sending import Routing
from bot.settings import Settings
from bot.settings.choices import ThreadReplies
from bot.slack.app import Services, build_app
from bot.slack.asides import Asides
from bot.slack.catchup import CatchUp
from bot.slack.clippings import Clippings
from bot.slack.connection import SlackConnection
from bot.slack.directory import Directory
from bot.slack.drawings import Drawings
from bot.slack.echo import Echo
from bot.slack.forms import Forms
from bot.slack.hearing import Hearing
from bot.slack.history import History
from bot.slack.homes import Homes, tell_changes
from bot.slack.identity import Identity
from bot.slack.orders import OrderDesk
from bot.slack.places import Places
from bot.slack.recap import recap_acts
from bot.slack.sender import SlackSender
from bot.slack.signs import signs_of
from bot.slack.transport import web_client
from bot.slack.views.home import Standing
from bot.web.health import Check
from bot.web.server import WebServer, build_web

CATCHUP_SECONDS = 5.0
SWEEP = "sweep"
AGENDA_SECONDS = 5.0
HOMES_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Desk:
    """The core: cases and their rules over one database, with no edge attached."""

    database: Database
    clock: Clock
    intake: Intake
    cases: CaseService
    replies: Replies
    queries: CaseQueries
    sweep: Sweep
    agenda: Agenda

    def tell_support(self, session: Session, kind: str, content: dict[str, str]) -> None:
        """Store a notice to the support channel in the caller's transaction."""
        session.add(notice(kind, content, self.clock.now()))


@dataclass(frozen=True, slots=True)
class SlackEdge:
    """Everything that speaks Slack."""

    app: App
    web: WebClient
    identity: Identity
    services: Services
    directory: Directory
    places: Places
    asides: Asides
    hearing: Hearing
    connection: SlackConnection
    catchup: CatchUp
    postman: Postman


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
    redrawing: Loop
    collecting: Loop | None
    checks: Mapping[str, Check]


def open_desk(settings: Settings, clock: Clock) -> Desk:
    """Open the database, bring it to today's schema, and set up the core on it."""
    database = Database(settings.database_url.get_secret_value())
    migrate(database.engine, SQLModel.metadata)
    rules = rules_of(settings)
    replies = Replies(database, clock, rules, mail_leaves=settings.smtp_enabled)
    intake = Intake(database, clock, rules, replies)
    return Desk(
        database=database,
        clock=clock,
        intake=intake,
        cases=CaseService(database, clock, intake, replies, rules),
        replies=replies,
        queries=CaseQueries(database),
        sweep=Sweep(database, clock, rules),
        agenda=Agenda(database, clock, {**AlarmClock(rules).acts, **recap_acts()}),
    )


def rules_of(settings: Settings) -> Rules:
    """Return the desk's rules with the configured figures."""
    return Rules(
        after=settings.escalate_after,
        followups=settings.escalate_followups,
        keywords=settings.escalate_keywords,
        closure_phrases=settings.closure_phrases,
        undo=timedelta(seconds=settings.undo_seconds),
        remind_after=settings.remind_after,
        ack_expires=settings.ack_expires,
        thread_replies=settings.thread_replies is ThreadReplies.CUSTOMER,
        close_reasons=settings.close_reasons,
        closing_message=settings.closing_message or "",
    )


def build_bot(settings: Settings, clock: Clock, pacing: Pacing | None = None) -> Bot:
    """Wire the bot; nothing is connected or started yet."""
    desk = open_desk(settings, clock)
    slack = _slack_edge(settings, desk, pacing or Pacing())
    delivering = Loop("postman", slack.postman.deliver_due, slack.postman.pause, clock)
    wake_on_commit(desk.database.writers, delivering.nudge)
    connecting = Loop("slack", slack.connection.keep, slack.connection.rest, clock)
    slack.connection.wake = connecting.nudge
    catching_up = Loop("catch-up", slack.catchup.keep, lambda: CATCHUP_SECONDS, clock)
    slack.hearing.wake = catching_up.nudge
    mail = _mail_edge(settings, desk)
    collecting = Loop("mailbox", mail.watch, lambda: 0.0, clock) if mail else None
    schedule = _schedule(settings, desk, slack)
    checks = {
        "database": Check(desk.database.problem),
        "email_listener": Check(
            lambda: _problems(mail.problem if mail else "", _failing(collecting)), disabled=mail is None
        ),
        "scheduler": Check(lambda: schedule.problem),
        "slack": Check(
            lambda: _problems(
                slack.connection.problem, slack.catchup.problem, _failing(delivering), _failing(catching_up)
            )
        ),
    }
    return Bot(
        settings=settings,
        desk=desk,
        slack=slack,
        mail=mail,
        schedule=schedule,
        web=WebServer(build_web(checks), settings.host, settings.port),
        connecting=connecting,
        catching_up=catching_up,
        delivering=delivering,
        redrawing=_homes_loop(desk, slack.services.homes, checks),
        collecting=collecting,
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
    return Loop("homes", homes.redraw_due, lambda: HOMES_SECONDS, desk.clock)


def _slack_edge(settings: Settings, desk: Desk, pacing: Pacing) -> SlackEdge:
    token = settings.slack_bot_token.get_secret_value()
    web = web_client(token, settings.slack_api_url)
    patient = web_client(token, settings.slack_api_url, patient=True)
    identity = Identity(token)
    places = Places(settings, patient)
    directory = Directory(settings, desk.database, desk.clock, patient)
    drawings = Drawings(desk.queries)
    sender = Routing(SlackSender(web, places, drawings), {})
    services = _services(settings, desk, web, places, directory)
    app = build_app(identity, services)
    app_token = settings.slack_app_token.get_secret_value() if settings.slack_app_token else ""
    hearing = Hearing(desk.clock)
    connection = SlackConnection(app, app_token, patient, identity, places, directory, drawings, hearing, desk.clock)
    history = History(web)
    return SlackEdge(
        app=app,
        web=web,
        identity=identity,
        services=services,
        directory=directory,
        places=places,
        asides=services.asides,
        hearing=hearing,
        connection=connection,
        catchup=CatchUp(app, connection, hearing, history, identity, places, desk.database, desk.clock),
        postman=Postman(desk.database, desk.clock, sender, pacing, desk.replies),
    )


def _services(settings: Settings, desk: Desk, web: WebClient, places: Places, directory: Directory) -> Services:
    """Return what Slack's listeners may ask for."""
    rules = rules_of(settings)
    lookups = CaseLookups(desk.database)
    asides = Asides(web)
    homes = Homes(web, desk.queries, directory, asides, desk.clock)
    mail_leaves = settings.smtp_enabled
    return Services(
        intake=desk.intake,
        cases=desk.cases,
        replies=desk.replies,
        queries=desk.queries,
        lookups=lookups,
        rules=rules,
        clock=desk.clock,
        directory=directory,
        places=places,
        signs=signs_of(settings),
        asides=asides,
        echo=Echo(homes, asides),
        homes=homes,
        forms=Forms(desk.queries, lookups, rules, desk.clock, directory, asides, mail_leaves=mail_leaves),
        clippings=Clippings(web, desk.intake, directory, places),
        desk=OrderDesk(desk.cases, desk.replies, desk.queries, directory, rules, desk.clock),
    )


def _mail_edge(settings: Settings, desk: Desk) -> MailWatcher | None:
    if not settings.mail_enabled:
        return None
    return MailWatcher(settings, desk.database, desk.clock, desk.intake, desk.tell_support)


def _schedule(settings: Settings, desk: Desk, slack: SlackEdge) -> Schedule:
    schedule = Schedule(desk.clock)
    schedule.every(settings.escalation_check_interval, SWEEP, desk.sweep.sweep)
    schedule.every(AGENDA_SECONDS, "agenda", desk.agenda.keep_due)
    schedule.every(DIRECTORY_SECONDS, "directory", slack.directory.refresh, at_once=False)
    return schedule


def _failing(loop: Loop | None) -> str:
    """Return why a loop's act fails, whatever the act itself knows of it; empty while it succeeds."""
    return f"{loop.name}: {loop.pulse.reason}" if loop is not None and loop.pulse.reason else ""


def _problems(*problems: str) -> str:
    return "; ".join(problem for problem in problems if problem)
