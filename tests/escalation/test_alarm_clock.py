"""Alerts by the clock: repeated until somebody has them, and back when nobody followed one up."""

from datetime import timedelta

import pytest

from bot.cases.rules import Rules
from bot.db import Database
from tests.cases.desk import ADA, MIA, Desk


@pytest.fixture
def loud(database: Database) -> Desk:
    rules = Rules(remind_after=timedelta(minutes=15), ack_expires=timedelta(hours=4))
    desk = Desk(database, rules)
    desk.says(ADA, "urgent")
    return desk


def test_an_unacknowledged_alert_is_repeated_until_somebody_has_it(loud: Desk) -> None:
    for _ in range(3):
        loud.passes(minutes=15)
        loud.agenda.keep_due()
    loud.service.acknowledge("CASE-1", MIA)
    loud.passes(minutes=15)
    loud.agenda.keep_due()

    assert loud.timeline().count("reminded") == 3


def test_an_acknowledgement_nobody_followed_up_falls_back_to_alerting(loud: Desk) -> None:
    loud.service.acknowledge("CASE-1", MIA)
    loud.passes(hours=4)
    loud.agenda.keep_due()

    assert loud.reasons() == ["ack_expired"]


def test_an_answered_one_does_not(loud: Desk) -> None:
    loud.service.acknowledge("CASE-1", MIA)
    loud.passes(hours=1)
    loud.says(MIA, "Hi", thread="m1")
    loud.passes(hours=3)
    loud.agenda.keep_due()

    assert loud.pending() is None


def test_nor_one_taken_back(loud: Desk) -> None:
    loud.service.acknowledge("CASE-1", MIA)
    loud.service.unacknowledge("CASE-1", MIA)
    loud.passes(hours=4)
    loud.agenda.keep_due()

    assert "ack_expired" not in loud.reasons()
