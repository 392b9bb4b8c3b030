"""The core, set up over one database: what every command needs, with no edge attached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, SQLModel

import bot.alarm.models
import bot.cursors
import bot.leases  # noqa: F401 - these tables belong to the schema
from bot.agenda import Act, Agenda
from bot.cases.erasure import Erasure
from bot.cases.intake import Intake
from bot.cases.notices import tell
from bot.cases.queries import CaseQueries
from bot.cases.replies import Replies
from bot.cases.retention import Retention
from bot.cases.rules import Rules
from bot.cases.service import CaseService
from bot.clock import Clock
from bot.db import Database
from bot.escalation.alarm_clock import AlarmClock
from bot.escalation.sweep import Sweep
from bot.mail.archive import archive_of
from bot.mail.discarding import Discarding
from bot.measures import Measures
from bot.migrations.migrate import migrate
from bot.settings import Settings
from bot.settings.choices import ThreadReplies
from bot.slack.directory import forget_person


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
    measures: Measures
    rules: Rules
    retention: Retention
    erasure: Erasure
    discarding: Discarding

    def tell_support(self, session: Session, kind: str, content: dict[str, str]) -> None:
        """Store a notice to the support channel in the caller's transaction."""
        tell(session, kind, content, self.clock.now(), self.rules)

    def discard_files(self) -> None:
        """Remove the files of large mails that were forgotten just now; the running bot would do it too."""
        Agenda(self.database, self.clock, self.discarding.acts).keep_due()


def open_desk(settings: Settings, clock: Clock, acts: Mapping[str, Act] | None = None) -> Desk:
    """Open the database, bring it to today's schema, and set up the core on it.

    `acts` are the edges' own, for their appointments on the agenda.
    """
    database = Database(settings.database_url.get_secret_value())
    migrate(database.engine, SQLModel.metadata)
    rules = rules_of(settings)
    replies = Replies(database, clock, rules, mail_leaves=settings.smtp_enabled)
    intake = Intake(database, clock, rules, replies)
    discarding = Discarding(archive_of(database.url))
    retention = Retention(database, clock, settings.retain_closed_days, discarding.forget)
    own_acts = {**AlarmClock(rules).acts, **discarding.acts}
    return Desk(
        database=database,
        clock=clock,
        intake=intake,
        cases=CaseService(database, clock, intake, replies, rules),
        replies=replies,
        queries=CaseQueries(database),
        sweep=Sweep(database, clock, rules),
        measures=Measures(clock),
        agenda=Agenda(database, clock, {**own_acts, **(acts or {})}),
        retention=retention,
        erasure=Erasure(database, clock, discarding, forget_person),
        discarding=discarding,
        rules=rules,
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
