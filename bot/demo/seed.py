"""A plausible history for the demo: lived through by the real intake and services, at the times it happened."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from random import Random

from sqlalchemy import event
from sqlmodel import col, select, update

from bot.cases.inbound import Author, Inbound, Source
from bot.cases.models import Case, Status
from bot.db import Database
from bot.demo.calendar import Customer, Deed, Episode, Step, draw
from bot.demo.stories import PHRASE, TONGUES
from bot.mail.ingest import ingest
from bot.outbox.models import Delivery, DeliveryState
from bot.sandbox.server import Sandbox
from bot.settings import load_settings
from bot.slack.inbound import to_inbound
from bot.wiring import Desk, open_desk

FRESH_CARDS = 15
"""How many cards the demo's channels begin with, unless more cases are open."""
KEPT_MAIL = timedelta(days=5)
"""How long mail stays in the desk's mailbox before somebody tidies it away."""
REASONS = ("solved", "solved", "no answer needed", "corrected invoice sent", "")


class StoryClock:
    """The time it is in the story."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """Return the story's present."""
        return self.at


def seed(sandbox: Sandbox, environment: Mapping[str, str], cases: int, number: int = 1) -> int:
    """Give the database of `environment` and the sandbox a history of `cases`; returns how many are open.

    The same number tells the same story, up to the present moment. The bot must not run yet.
    """
    now = sandbox.clock.now().replace(microsecond=0)
    random = Random(number)  # noqa: S311 - a story, no secret
    settings = load_settings(environment, env_file=None)
    clock = StoryClock(now - timedelta(days=3650))
    desk = open_desk(settings, clock)
    _spare_the_disk(desk.database)
    try:
        history = History(sandbox, desk, clock, environment, random)
        for step in draw(cases, now, random):
            clock.at = step.at
            history.live(step)
        return _settle(desk)
    finally:
        desk.database.close()


class History:
    """Carries out the steps: what customers and admins wrote lies in the sandbox, what it led to in the database."""

    def __init__(
        self, sandbox: Sandbox, desk: Desk, clock: StoryClock, environment: Mapping[str, str], random: Random
    ) -> None:
        self._sandbox = sandbox
        self._slack = sandbox.workspace
        self._desk = desk
        self._clock = clock
        self._random = random
        self._settings = load_settings(environment, env_file=None)
        self._deeds = {
            Deed.WRITE: self._write,
            Deed.ANSWER: self._answer,
            Deed.THANK: self._thank,
            Deed.ACKNOWLEDGE: self._acknowledge,
            Deed.CLOSE: self._close,
        }

    def live(self, step: Step) -> None:
        """Let one step happen."""
        if step.deed is Deed.SWEEP:
            self._desk.sweep.sweep()
        else:
            self._deeds[step.deed](step.episode)

    def _write(self, episode: Episode) -> None:
        matter = episode.matter
        words = matter.opening if episode.said == 0 else matter.more[(episode.said - 1) % len(matter.more)]
        episode.said += 1
        self._from_customer(episode, words)

    def _thank(self, episode: Episode) -> None:
        self._from_customer(episode, TONGUES[episode.customer.tongue].thanks)

    def _from_customer(self, episode: Episode, words: str) -> None:
        customer = episode.customer
        if customer.handle:
            self._say(episode, self._join(customer), words)
        else:
            self._send(episode, f"{customer.name} <{customer.address}>", self._sandbox.mailbox.address, words)

    def _answer(self, episode: Episode, words: str = "") -> None:
        admin = self._slack.person(episode.admin)
        words = words or episode.matter.answer
        if episode.customer.handle:
            self._say(episode, admin.id, words)
        else:
            to = f"{episode.customer.address}, {self._sandbox.mailbox.address}"
            self._send(episode, f"{admin.real_name} <{admin.email}>", to, words)

    def _acknowledge(self, episode: Episode) -> None:
        case_id = self._case_of(episode)
        if case_id is not None and self._desk.queries.sheet(case_id).pending:
            self._desk.cases.acknowledge(case_id, self._admin(episode))

    def _close(self, episode: Episode) -> None:
        if self._random.random() < 0.3:
            self._answer(episode, PHRASE)
            return
        case_id = self._case_of(episode)
        if case_id is not None:
            self._desk.cases.close(case_id, self._admin(episode), self._random.choice(REASONS))

    def _admin(self, episode: Episode) -> Author:
        person = self._slack.person(episode.admin)
        return Author(person.id, person.display_name, is_admin=True)

    def _join(self, customer: Customer) -> str:
        """Return the customer's Slack id; he joins #customers with his first words."""
        if customer.handle not in {person.name for person in self._slack.people.values()}:
            self._slack.settle_in(customer.handle, customer.name, customer.address, "#customers")
        return self._slack.person(customer.handle).id

    def _say(self, episode: Episode, user: str, words: str) -> None:
        event = self._slack.recall(user, "#customers", words, self._clock.at, episode.thread)
        episode.thread = episode.thread or event["ts"]
        inbound = to_inbound(event, self._author, {}, frozenset())
        if isinstance(inbound, Inbound):
            self._desk.intake.receive(inbound)

    def _author(self, user: str) -> Author:
        person = self._slack.person(user)
        return Author(person.id, person.display_name, is_admin=person.id in self._settings.admin_slack_users)

    def _send(self, episode: Episode, sender: str, to: str, words: str) -> None:
        letter = self._letter(episode, sender, to, words)
        raw = letter.as_bytes(policy=policy.SMTP)
        if self._sandbox.clock.now() - self._clock.at < KEPT_MAIL:
            self._sandbox.mailbox.deliver(raw, arrived=self._clock.at)
        desk = self._desk
        ingest(raw, self._settings, desk.database, desk.intake, received_at=self._clock.at)

    def _letter(self, episode: Episode, sender: str, to: str, words: str) -> EmailMessage:
        before = episode.references
        subject = f"Re: {episode.matter.subject}" if before else episode.matter.subject
        letter = self._sandbox.mailbox.compose(
            sender,
            subject,
            words,
            to=to,
            in_reply_to=before[-1] if before else None,
            references=" ".join(before) or None,
        )
        name = f"<demo.{episode.number}.{len(before) + 1}@{TONGUES[episode.customer.tongue].domain}>"
        letter.replace_header("Message-ID", name)
        letter.replace_header("Date", format_datetime(self._clock.at))
        before.append(name)
        return letter

    def _case_of(self, episode: Episode) -> str | None:
        customer = episode.customer
        identity = self._slack.person(customer.handle).id if customer.handle else customer.address
        source = Source.SLACK if customer.handle else Source.EMAIL
        latest = select(Case.case_id).where(
            Case.customer_identifier == identity, Case.source == source, Case.status == Status.OPEN
        )
        with self._desk.database.readers.begin() as session:
            return session.exec(latest).first()


def _spare_the_disk(database: Database) -> None:
    """Let SQLite commit without waiting for the disk: a history that a power cut spoils is simply drawn again."""
    if not database.is_sqlite:
        return
    database.close()  # those who connect from now on

    @event.listens_for(database.engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")


def _settle(desk: Desk) -> int:
    """Count the old days' deliveries as said; the open and the newest cases are left to be said by the bot."""
    with desk.database.writers.begin() as session:
        open_ones = list(session.exec(select(Case.case_id).where(Case.status == Status.OPEN)))
        closed = select(Case.case_id).where(Case.status == Status.CLOSED).order_by(col(Case.closed_at).desc())
        fresh = open_ones + list(session.exec(closed.limit(max(0, FRESH_CARDS - len(open_ones)))))
        old = update(Delivery).where(
            col(Delivery.state) == DeliveryState.DUE,
            col(Delivery.case_id).is_(None) | col(Delivery.case_id).not_in(fresh),
        )
        session.exec(old.values(state=DeliveryState.SENT, settled_at=Delivery.created_at))
        return len(open_ones)
