"""The account: what was sent in, what stands in the database, in Slack and in the customers' inboxes.

Its own reading, with SQL and with people's eyes: nothing of the desk's services and views helps here, for they may be
what is wrong.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from sqlalchemy import Connection, text

from bot.chaos.fleet import Fleet
from bot.chaos.traffic import ALERTING, CUSTOMERS, LOGGING, SLACKERS, SUPPORT, Said, Traffic
from bot.sandbox.workspace import text_of

Row = Mapping[str, Any]
FOLLOW_UP = "follow-up"
_CASE = re.compile(r"CASE-\d+")
_CLOSED = re.compile(r"^Case #(CASE-\d+) closed at \S+ by ")
_TOKEN = re.compile(r"word\d{4}x")


@dataclass(slots=True)
class Account:
    """What is wrong, in words; nothing at all where all is well."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unsaid: list[str] = field(default_factory=list)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is missing, here or there; what is doubled never heals."""
        return not self.lost and not self.unsaid

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong."""
        return self.is_settled and not self.doubled

    def line(self) -> str:
        """Return the verdict."""
        return f"lost {len(self.lost)} · doubled {len(self.doubled)} · unsaid {len(self.unsaid)}"


@dataclass(frozen=True, slots=True)
class Books:
    """What the database holds."""

    cases: Sequence[Row]
    messages: Sequence[Row]
    facts: Sequence[Row]
    escalations: Sequence[Row]
    ledger: Sequence[Row]
    deliveries: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Board:
    """What stands in Slack and in the inboxes: the bot's posts, and in how many of them each token stands."""

    cards: Counter[str]
    alerts: Counter[str]
    closings: Counter[str]
    ids: Counter[str]
    closed_cards: set[str]
    in_threads: Counter[str]
    at_customers: Counter[str]


def reckon(fleet: Fleet, traffic: Traffic) -> Account:
    """Look at everything once."""
    with fleet.engine.connect() as connection:
        books = _read_books(connection)
        connection.rollback()
    board = _read_board(fleet)
    account = Account()
    account.lost += _lost(books, fleet, traffic)
    account.doubled += [*_doubled(books, traffic.said), *_said_twice(books, board)]
    account.unsaid += _unsaid(books, board)
    return account


def _lost(books: Books, fleet: Fleet, traffic: Traffic) -> Iterator[str]:
    kept = Counter(token for message in books.messages for token in _TOKEN.findall(message["body"]))
    for said in traffic.said:
        if said.sure and not kept[said.token]:
            yield f"{said.kind} {said.token} of {said.who} is in no case"
    if len(books.ledger) < fleet.delivered:
        yield f"{fleet.delivered - len(books.ledger)} mails are in no ledger"
    open_cases = {case["case_id"] for case in books.cases if case["status"] == "open"}
    yield from (f"{case_id} was closed, and is open" for case_id in traffic.closed & open_cases)
    waiting = fleet.sandbox.link.waiting
    if waiting:
        yield f"{waiting} envelopes are not acked"


def _doubled(books: Books, said: Sequence[Said]) -> Iterator[str]:
    known = {each.token for each in said}
    kept = Counter(token for message in books.messages for token in _TOKEN.findall(message["body"]))
    yield from (f"{token} stands in {count} messages" for token, count in kept.items() if count > 1)
    yield from (f"{token} was written by nobody" for token in kept if token not in known)
    open_cases = Counter(case["customer_identifier"] for case in books.cases if case["status"] == "open")
    yield from (f"{who} has {count} open cases" for who, count in open_cases.items() if count > 1)
    visible = Counter(m["case_id"] for m in books.messages if not m["internal"] and m["sending"] not in _NOT_SEEN)
    for case in books.cases:
        if visible[case["case_id"]] != case["message_count"]:
            yield f"{case['case_id']} counts {case['message_count']} messages and has {visible[case['case_id']]}"


_NOT_SEEN = ("waiting", "failed", "stopped")


def _said_twice(books: Books, board: Board) -> Iterator[str]:
    yield from (f"delivery {name} stands {times} times" for name, times in board.ids.items() if times > 1)
    yield from (f"{case_id} has {times} cards" for case_id, times in board.cards.items() if times > 1)
    for what, wanted, found in _counted(books, board):
        # A flood shows the newest of its mails besides; whatever else reaches a customer unasked is a leak.
        names = wanted if what == FOLLOW_UP else found
        yield from (f"{what} of {name}: {found[name]} times" for name in names if found[name] > wanted[name])


def _unsaid(books: Books, board: Board) -> Iterator[str]:
    for delivery in books.deliveries:
        name = f"{delivery['kind']} of {delivery['case_id'] or delivery['subject']}"
        yield f"{name} is {delivery['state']}: {delivery['error'] or 'no error'}"
    for case in books.cases:
        if not board.cards[case["case_id"]]:
            yield f"{case['case_id']} has no card"
        elif case["status"] == "closed" and case["case_id"] not in board.closed_cards:
            yield f"the card of {case['case_id']} does not say that it is closed"
    for what, wanted, found in _counted(books, board):
        yield from (f"{what} of {name}: not said" for name in wanted if found[name] < wanted[name])


def _counted(books: Books, board: Board) -> Iterator[tuple[str, Counter[str], Counter[str]]]:
    """Yield what is to be counted: its name, how often it is to be said, and how often it stands there."""
    yield "alert", Counter(row["case_id"] for row in books.escalations), board.alerts
    closings = Counter(fact["case_id"] for fact in books.facts if fact["kind"] == "closed")
    yield "closing line", closings, board.closings
    told = _tokens(books, {"received", "answered", "replied", "noted"}, inside=False)
    yield FOLLOW_UP, told, board.in_threads
    yield "answer to the customer", _tokens(books, {"replied"}, inside=False), board.at_customers


def _tokens(books: Books, kinds: set[str], *, inside: bool) -> Counter[str]:
    """Return the tokens of the messages that facts of these kinds tell of, each once; not those written inside."""
    about: dict[int, set[str]] = defaultdict(set)
    for fact in books.facts:
        about[fact["message_id"]].add(fact["kind"])
    meant = [m for m in books.messages if about[m["id"]] & kinds and bool(m["inside"]) is inside]
    return Counter({token: 1 for message in meant for token in _TOKEN.findall(message["body"])})


def _read_books(connection: Connection) -> Books:
    def rows(statement: str) -> Sequence[Row]:
        return [dict(row) for row in connection.execute(text(statement)).mappings()]

    return Books(
        cases=rows("SELECT case_id, customer_identifier, status, message_count FROM cases"),
        messages=rows("SELECT id, case_id, body, internal, inside, sending FROM messages"),
        facts=rows("SELECT case_id, kind, message_id FROM case_events"),
        escalations=rows("SELECT case_id FROM escalations"),
        ledger=rows("SELECT uid, state FROM mail_ledger"),
        deliveries=rows(
            "SELECT kind, case_id, subject, state, error FROM deliveries WHERE state IN ('due', 'sending', 'refused')"
        ),
    )


def _read_board(fleet: Fleet) -> Board:
    workspace = fleet.sandbox.workspace
    support = [_thread(fleet, SUPPORT, post) for post in workspace.messages(SUPPORT)]
    cards = [thread for thread in support if str(thread[0]["text"]).startswith("CASE-")]
    alerts = [post for post in workspace.messages(ALERTING) if _is_ours(post)]
    logged = [found for post in workspace.messages(LOGGING) if (found := _CLOSED.match(str(post["text"])))]
    rooms = [CUSTOMERS, *(workspace.dm(person) for person in SLACKERS)]
    outside = [post for room in rooms for top in workspace.messages(room) for post in _thread(fleet, room, top)]
    ours = [post for post in [*(p for thread in support for p in thread), *alerts, *outside] if _is_ours(post)]
    # A mail that came twice under its one Message-ID is one mail: mail servers and programs fold it.
    inboxes = fleet.sandbox.mailbox.inboxes().values()
    mails = {str(mail["Message-ID"]): _words_of(mail) for inbox in inboxes for mail in inbox}
    return Board(
        cards=Counter(_case_in(thread[0]) for thread in cards),
        alerts=Counter(_case_in(post) for post in alerts),
        closings=Counter(found[1] for found in logged),
        ids=Counter(name for post in ours if (name := _delivery_id(post))),
        closed_cards={_case_in(thread[0]) for thread in cards if "closed" in text_of(dict(thread[0]))},
        in_threads=_tokens_in(post for thread in cards for post in thread[1:] if _is_ours(post)),
        at_customers=_tokens_in(post for post in outside if _is_ours(post))
        + Counter(token for words in mails.values() for token in set(_TOKEN.findall(words))),
    )


def _thread(fleet: Fleet, channel: str, post: Row) -> Sequence[Row]:
    return fleet.sandbox.workspace.thread(channel, str(post["ts"]))


def _is_ours(post: Row) -> bool:
    return bool(post.get("bot_id"))


def _case_in(post: Row) -> str:
    found = _CASE.search(text_of(dict(post)))
    return found[0] if found else ""


def _delivery_id(post: Row) -> str:
    return str(((post.get("metadata") or {}).get("event_payload") or {}).get("delivery_id") or "")


def _tokens_in(posts: Iterator[Row]) -> Counter[str]:
    return Counter(token for post in posts for token in set(_TOKEN.findall(text_of(dict(post)))))


def _words_of(mail: EmailMessage) -> str:
    """Return what is new in a mail."""
    body = mail.get_body(("plain",))
    lines = str(body.get_content()).splitlines() if body is not None else []
    return "\n".join(line for line in lines if not line.startswith(">"))
