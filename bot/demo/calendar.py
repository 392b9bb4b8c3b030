"""When things happened at a plausible desk: who needed what, how long it took, drawn from one seed number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from bot.demo.stories import MATTERS, TONGUES, Matter

CASES_A_DAY = 7
SLACK_CUSTOMERS = 8
URGENT = re.compile("urgent|critical", re.IGNORECASE)
UNTOUCHED = timedelta(hours=26)
"""Nobody of the team looked at what came since: the demo begins in the morning."""


class Deed(StrEnum):
    """What happens in a case."""

    WRITE = "write"
    ANSWER = "answer"
    SWEEP = "sweep"
    ACKNOWLEDGE = "acknowledge"
    THANK = "thank"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody of the history; `handle` is his short name in Slack, empty for those who write mail."""

    name: str
    address: str
    tongue: str
    handle: str = ""


@dataclass(slots=True)
class Episode:
    """One case of the history: whose, about what, which admin has it."""

    number: int
    customer: Customer
    matter: Matter
    admin: str
    said: int = 0
    """How many of the customer's messages were written."""
    thread: str = ""
    """What answers refer to: the first message's ts, or the latest Message-ID."""
    references: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """One deed at one time; `turn` keeps the order of those at the same moment."""

    at: datetime
    turn: int
    deed: Deed = field(compare=False)
    episode: Episode = field(compare=False)


def draw(count: int, now: datetime, random: Random) -> list[Step]:
    """Return every step of `count` cases up to `now`, in order of time; the last cases are still open."""
    customers = _customers(max(24, count // 5), random)
    begins = now - timedelta(days=count / CASES_A_DAY)
    opened = sorted(begins + (now - timedelta(minutes=20) - begins) * random.random() for _ in range(count))
    free_at = dict.fromkeys(customers, begins)
    steps: list[Step] = []
    for number, at in enumerate(opened, start=1):
        customer = random.choice(
            [each for each in customers if free_at[each] <= at] or [min(customers, key=free_at.__getitem__)]
        )
        at = max(at, free_at[customer])  # noqa: PLW2901 - a customer has one open case at a time
        fresh = now - at < UNTOUCHED
        matter = _matter(customer.tongue, random, urgent=fresh and number % 3 == 0)
        episode = Episode(number, customer, matter, random.choice(("ada", "ada", "amos")))
        plan = list(_plan(episode, at, random, fresh=fresh))
        free_at[customer] = now if fresh else plan[-1].at + timedelta(hours=1)
        steps += plan
    return sorted(step for step in steps if step.at < now)


def _matter(tongue: str, random: Random, *, urgent: bool) -> Matter:
    matters = [each for each in MATTERS if each.tongue == tongue]
    pressing = [each for each in matters if URGENT.search(each.opening)]
    return random.choice(pressing if urgent and pressing else matters)


def _customers(count: int, random: Random) -> list[Customer]:
    everybody: list[Customer] = []
    for language, tongue in TONGUES.items():
        for first in tongue.first_names:
            for last in tongue.last_names:
                name = f"{last} {first}" if language == "ja" else f"{first} {last}"
                address = f"{language}.{len(everybody) + 1:02}@{tongue.domain}"
                everybody.append(Customer(name, address, language))
    random.shuffle(everybody)
    inside = [
        Customer(c.name, c.address, c.tongue, c.address.split("@")[0].replace(".", ""))
        for c in everybody[:SLACK_CUSTOMERS]
    ]
    return inside + everybody[SLACK_CUSTOMERS:count]


def _plan(episode: Episode, at: datetime, random: Random, *, fresh: bool) -> Iterator[Step]:
    turn = 0

    def step(deed: Deed, hours: float) -> Step:
        nonlocal at, turn
        at, turn = at + timedelta(hours=hours), turn + 1
        return Step(at, turn, deed, episode)

    yield step(Deed.WRITE, 0)
    if fresh:
        return
    forgotten = random.random() < 0.06
    if not forgotten and random.random() < 0.6:
        yield step(Deed.ACKNOWLEDGE, random.uniform(0.05, 1.5))
    for _ in episode.matter.more:
        if random.random() < 0.45:
            yield step(Deed.WRITE, random.uniform(0.3, 6))
    if forgotten:
        yield step(Deed.SWEEP, 48.1)
        yield step(Deed.ACKNOWLEDGE, random.uniform(1, 9))
    yield step(Deed.ANSWER, random.uniform(0.3, 14))
    if random.random() < 0.3:
        yield step(Deed.THANK, random.uniform(0.2, 8))
    yield step(Deed.CLOSE, random.uniform(0.5, 40))
