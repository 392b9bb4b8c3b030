"""A synthetic desk of any size, soon: a slab of cases through SQLAlchemy's Core, then copies of it inside the database.

One case in twenty is open; a customer has three cases; each case has five messages and three deliveries long said.
Of the open cases a tenth has waited for longer than 48 hours: half of these are pending, half acknowledged today.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import accumulate, product

from sqlalchemy import Connection, Index, TextClause, insert, text
from sqlmodel import SQLModel

from bot.cases.models import Case, Escalation, Message
from bot.cases.search_entries import SearchEntry
from bot.cases.wording import words_of
from bot.db import Database
from bot.outbox.models import Delivery

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SLAB = 10_000
MESSAGES, DELIVERIES = 5, 3
OPEN_ONE_IN, CASES_OF_ONE = 20, 3
# In every case; in one of a thousand; in one of ten of the older half, and in none of the newer. `only7` is in CASE-7.
COMMON, UNCOMMON, BYGONE = "please", "quagmire", "bygone"
ADMIN = "U_MIA"

_SYLLABLES = (
    "ka",
    "mo",
    "ti",
    "re",
    "lu",
    "so",
    "vi",
    "pan",
    "der",
    "mis",
    "ne",
    "ra",
    "to",
    "mi",
    "sol",
    "bek",
    "dar",
)
_VOCABULARY = ["".join(word) for word in product(_SYLLABLES, repeat=3)]
_WEIGHTS = list(accumulate(1 / rank for rank in range(1, len(_VOCABULARY) + 1)))
_TIMES = {"created_at", "last_message_at", "closed_at", "clock_restarted_at", "timestamp", "raised_at", "settled_at"}
Row = dict[str, object]
Rows = dict[type[SQLModel], list[Row]]


def fill(database: Database, cases: int) -> None:
    """Put so many cases into empty tables; the last case number is the newest case."""
    slab = min(SLAB, cases)
    with database.engine.begin() as connection:
        for index in () if database.is_sqlite else _word_indexes():
            index.drop(connection)
        for table, rows in _slab(slab).items():
            connection.execute(insert(table), rows)
    for copy in range(1, cases // slab):
        with database.engine.begin() as connection:
            for name in ("cases", "messages", "escalations", "search_entries"):
                connection.execute(_copied(name, connection, copy, slab))
    with database.engine.begin() as connection:
        connection.execute(_said())
        connection.execute(_bygone(connection), {"half": cases // 2 * MESSAGES})
        for index in () if database.is_sqlite else _word_indexes():
            index.create(connection)
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def backlog(database: Database, deliveries: int) -> None:
    """Let so many deliveries wait, in one lane for every ten of them."""
    rows = [_delivery(number) for number in range(deliveries)]
    with database.engine.begin() as connection:
        connection.execute(insert(Delivery), rows)
        if not database.is_sqlite:
            connection.execute(text("ANALYZE deliveries"))  # which autovacuum, switched off here, would do soon


def clear_backlog(database: Database) -> None:
    """Take out what `backlog` put in, and whatever became of it."""
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM deliveries WHERE state IN ('due', 'sending', 'folded')"))


def is_filled(database: Database, cases: int) -> bool:
    """Whether `fill` came to its end here; ValueError where it was broken off or made another desk."""
    with database.engine.connect() as connection:
        found = connection.execute(text("SELECT count(*) FROM cases")).scalar_one()
        said = connection.execute(text("SELECT delivery_id FROM deliveries LIMIT 1")).first()
    if found == 0:
        return False
    if found != cases or said is None:
        raise ValueError(f"{database.url.database} holds a desk of {found} cases that is not complete: remove it")
    return True


def _slab(slab: int) -> Rows:
    rng = random.Random(1)
    rows: Rows = {Case: [], Message: [], Escalation: [], SearchEntry: []}
    for number in range(1, slab + 1):
        case = _case(number, rng)
        messages = [_message(case, number, at, rng) for at in range(MESSAGES)]
        rows[Case].append(case)
        rows[Message] += messages
        if case["escalated"]:
            rows[Escalation].append(_escalation(case, number))
        rows[SearchEntry].append(_entry(case, messages))
    return rows


def _case(number: int, rng: random.Random) -> Row:
    is_open, waits_long = number % OPEN_ONE_IN == 0, number % (OPEN_ONE_IN * 10) == 0
    age = timedelta(hours=60) if waits_long else timedelta(hours=40) if is_open else timedelta(days=700)
    last = NOW - age * rng.uniform(0.9, 1)
    acknowledged = waits_long and number % (OPEN_ONE_IN * 20) != 0
    return {
        "case_id": f"CASE-{number}",
        "customer_identifier": f"c{number // CASES_OF_ONE}@example.com",
        "customer_name": f"Customer {number // CASES_OF_ONE}",
        "source": "email",
        "status": "open" if is_open else "closed",
        "created_at": last - timedelta(days=2),
        "last_message_at": last,
        "message_count": MESSAGES,
        "escalated": waits_long or number % 10 == 3,
        "alerted": waits_long and not acknowledged,
        "closed_at": None if is_open else last + timedelta(hours=number % 7),
        "clock_restarted_at": NOW - timedelta(hours=5) if acknowledged else None,
        "assignee": ADMIN if is_open and number % 3 == 0 else None,
    }


def _message(case: Row, number: int, at: int, rng: random.Random) -> Row:
    words = [*rng.choices(_VOCABULARY, cum_weights=_WEIGHTS, k=30), COMMON, *[UNCOMMON] * (number % 1_000 == 0)]
    name = f"<{number}.{at}@example.com>"
    return {
        "id": (number - 1) * MESSAGES + at + 1,
        "case_id": case["case_id"],
        "sender": case["customer_identifier"],
        "sender_name": case["customer_name"],
        "is_admin": at % 2 == 1,
        "body": " ".join([*words, f"only{number}"]),
        "timestamp": NOW - timedelta(days=30, hours=MESSAGES - at),
        "source": "email",
        "place": "INBOX",
        "external_id": name,
        "reference": name,
        "readers": [],
    }


def _escalation(case: Row, number: int) -> Row:
    pending = case["status"] == "open" and case["clock_restarted_at"] is None
    return {
        "id": number,
        "case_id": case["case_id"],
        "raised_at": case["last_message_at"],
        "reasons": [],
        "settled_at": None if pending else NOW - timedelta(hours=5),
    }


def _entry(case: Row, messages: list[Row]) -> Row:
    told = [case["customer_identifier"], case["customer_name"], *(message["body"] for message in messages)]
    words = words_of(*map(str, told))
    is_open = case["status"] == "open"
    return {"id": messages[-1]["id"], "case_id": case["case_id"], "is_open": is_open, "internal": False, "words": words}


def _copied(table: str, connection: Connection, copy: int, slab: int) -> TextClause:
    """Return the statement that copies the first slab of a table, under other numbers and a little earlier."""
    sqlite = connection.dialect.name == "sqlite"
    number = f"(CAST(substr(case_id, 6) AS integer) + {slab * copy})"
    customer = f"'c' || ({number} / {CASES_OF_ONE}) || '@example.com'"
    name = f"'<' || {number} || '.' || id || '@example.com>'" if table == "messages" else "''"
    only = f"'only' || {number} || ' '" if sqlite else f"array_to_tsvector(ARRAY['only' || {number}])"
    made = {
        "id": f"id + {slab * copy * (1 if table == 'escalations' else MESSAGES)}",
        "case_id": f"'CASE-' || {number}",
        **dict.fromkeys(("customer_identifier", "sender"), customer),
        **dict.fromkeys(("external_id", "reference"), name),
        "body": f"body || ' only' || {number}",
        "words": f"words || {only}",
    }
    for time in _TIMES:
        earlier = f"strftime('%Y-%m-%d %H:%M:%f000', {time}, '-{7 * copy} seconds')"
        made[time] = earlier if sqlite else f"{time} - interval '{7 * copy} seconds'"
    columns = SQLModel.metadata.tables[table].columns.keys()
    chosen = ", ".join(made.get(column, column) for column in columns)
    last = slab if table == "escalations" else slab * MESSAGES
    first = f"id <= {last}"
    if table == "cases":
        first = f"case_id IN (SELECT case_id FROM search_entries WHERE id <= {last})"
    return text(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen} FROM {table} WHERE {first}")


def _said() -> TextClause:
    """Return the statement that stores the deliveries of long ago."""
    times = " UNION ALL ".join(f"SELECT {at} AS at" for at in range(DELIVERIES))
    return text(
        "INSERT INTO deliveries (delivery_id, kind, place, lane, subject, case_id, redraw, content, priority, state,"
        " created_at, due_at, attempts, unsure, settled_at, error) SELECT"
        " case_id || '.' || at, 'card', 'C_SUPPORT', 'card:' || case_id, case_id, case_id, false, '{}', 2,"
        f" 'sent', created_at, created_at, 0, false, created_at, '' FROM cases CROSS JOIN ({times}) AS times"
    )


def _bygone(connection: Connection) -> TextClause:
    word = f"'{BYGONE} '" if connection.dialect.name == "sqlite" else f"array_to_tsvector(ARRAY['{BYGONE}'])"
    return text(
        f"UPDATE search_entries SET words = words || {word} WHERE id % {MESSAGES * 10} = {MESSAGES} AND id < :half"
    )


def _delivery(number: int) -> Row:
    return {
        "kind": "follow_up",
        "place": "C_SUPPORT",
        "lane": f"card:{number // 10}",
        "subject": str(number),
        "created_at": NOW,
        "due_at": NOW,
    }


def _word_indexes() -> list[Index]:
    return [index for index in SQLModel.metadata.tables["search_entries"].indexes if str(index.name).endswith("_words")]
