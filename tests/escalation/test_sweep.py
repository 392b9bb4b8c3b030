"""The sweep: due cases and no others, also when somebody answers at that very moment."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, insert, text

from bot.cases.inbound import Author
from bot.cases.models import Case, Escalation
from bot.cases.rules import Rules
from bot.db import Database
from tests.cases.desk import ADA, BEN, MIA, START, Desk
from tests.cases.plans import plans_of

AFTER = timedelta(hours=48)
INSTANT = timedelta(microseconds=1)


def test_a_case_is_due_a_moment_after_48_hours(desk: Desk) -> None:
    desk.says(ADA, "Help")
    desk.clock.advance(AFTER)
    assert desk.sweep.sweep() == 0

    desk.clock.advance(INSTANT)

    assert desk.sweep.sweep() == 1
    assert desk.case().escalated
    assert desk.reasons() == ["waiting"]
    assert ("alert", "alerting", "1") in desk.deliveries()


def test_nothing_to_sweep_is_no_work(desk: Desk) -> None:
    assert desk.sweep.sweep() == 0


def test_the_configured_hours_count(database: Database) -> None:
    desk = Desk(database, Rules(after=timedelta(minutes=30)))
    desk.says(ADA, "Help")

    desk.passes(minutes=31)

    assert desk.sweep.sweep() == 1


@pytest.mark.parametrize("answered", [False, True])
def test_the_alert_says_whose_turn_it_is(desk: Desk, answered: bool) -> None:
    desk.says(ADA, "Help", external_id="t")
    if answered:
        desk.says(MIA, "Did it help?", thread="t")
    desk.in_card_thread(MIA, "A note is nobody's turn")

    desk.passes(hours=48, minutes=3)
    desk.sweep.sweep()

    pending = desk.pending()
    assert pending is not None
    turn = "the customer's turn to answer" if answered else "our turn to answer"
    assert pending.reasons[0]["words"] == f"waiting 48 h 03 min, {turn}"


def test_a_pending_escalation_is_not_raised_again(desk: Desk) -> None:
    desk.says(ADA, "urgent")
    desk.passes(hours=100)
    before = desk.snapshot()

    assert desk.sweep.sweep() == 0
    assert desk.snapshot() == before


def test_a_second_sweep_finds_nothing(desk: Desk) -> None:
    desk.says(ADA, "Help")
    desk.passes(hours=49)

    assert [desk.sweep.sweep(), desk.sweep.sweep()] == [1, 0]


def test_an_acknowledgement_starts_the_48_hours_anew(desk: Desk) -> None:
    desk.says(ADA, "Help")
    desk.passes(hours=49)
    desk.sweep.sweep()
    desk.service.acknowledge("CASE-1", MIA)

    desk.clock.advance(AFTER)
    assert desk.sweep.sweep() == 0

    desk.clock.advance(INSTANT)
    assert desk.sweep.sweep() == 1
    assert len(desk.rows(Escalation)) == 2


@pytest.mark.parametrize("author", [ADA, MIA], ids=["customer", "admin"])
def test_visible_words_start_the_48_hours_anew(desk: Desk, author: Author) -> None:
    desk.says(ADA, "Help", external_id="t")
    desk.passes(hours=47)
    desk.says(author, "Still there", thread="t")

    desk.passes(hours=47)

    assert desk.sweep.sweep() == 0


def test_notes_and_edits_start_nothing_anew(desk: Desk) -> None:
    desk.says(ADA, "Help", external_id="t")
    desk.passes(hours=47)
    desk.in_card_thread(MIA, "Anybody?")
    desk.edits(ADA, "t", "Help!")

    desk.passes(hours=2)

    assert desk.sweep.sweep() == 1


def test_a_closed_case_is_never_due(desk: Desk) -> None:
    desk.says(ADA, "Help")
    desk.service.close("CASE-1", MIA)
    desk.passes(hours=1000)

    assert desk.sweep.sweep() == 0
    assert not desk.case().escalated


def test_only_the_due_ones_are_escalated(desk: Desk) -> None:
    desk.says(ADA, "Help")
    desk.passes(hours=10)
    desk.says(BEN, "Help")
    desk.passes(hours=39)

    assert desk.sweep.sweep() == 1
    assert [case.escalated for case in desk.rows(Case)] == [True, False]


def test_a_case_answered_after_it_was_found_is_left_alone(desk: Desk) -> None:
    desk.says(ADA, "Help", external_id="t")
    desk.passes(hours=49)
    answered: list[bool] = []

    def answer_once(*_: object) -> None:
        """The moment between finding the case due (a reader's commit) and escalating it."""
        if not answered:
            answered.append(True)
            desk.says(MIA, "Here I am", thread="t")

    event.listen(desk.database.readers, "after_commit", answer_once)

    assert desk.sweep.sweep() == 0
    assert answered == [True]
    assert not desk.case().escalated


def test_a_case_closed_after_it_was_found_is_left_alone(desk: Desk) -> None:
    desk.says(ADA, "Help")
    desk.passes(hours=49)
    closed: list[bool] = []

    def close_once(*_: object) -> None:
        if not closed:
            closed.append(True)
            desk.service.close("CASE-1", MIA)

    event.listen(desk.database.readers, "after_commit", close_once)

    assert desk.sweep.sweep() == 0
    assert not desk.case().escalated


def test_more_than_a_batch_is_swept_in_one_go(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.escalation.sweep.BATCH", 5)
    for author in crowd(12):
        desk.says(author, "Help")
    desk.passes(hours=49)

    assert desk.sweep.sweep() == 12
    assert desk.queries.board(limit=1).unacknowledged == 12


def test_the_sweep_takes_the_road_of_the_cases_that_nobody_was_alerted_of(desk: Desk) -> None:
    long_ago = {"created_at": START - 2 * AFTER, "last_message_at": START - 2 * AFTER}
    told = {**long_ago, "customer_name": "C", "source": "email", "alerted": True}
    rows = [{"case_id": f"CASE-{n}", "customer_identifier": f"c{n}@customer.example", **told} for n in range(2_000)]
    with desk.database.writers.begin() as session:
        session.connection().execute(insert(Case), rows)
        session.connection().execute(text("ANALYZE"))  # what autovacuum does sooner or later

    [plan] = plans_of(desk.database, desk.sweep.sweep, "cases")

    assert "ix_cases_untold" in plan
    assert re.search(r"last_message_at ?<", plan), "the cutoff bounds the search, so no other open case is read"


def test_a_case_knows_whether_an_alert_of_it_is_pending(desk: Desk) -> None:
    desk.says(ADA, "Help", external_id="t")
    assert not _knows_its_alert(desk)

    desk.says(ADA, "urgent")
    assert _knows_its_alert(desk)
    desk.service.acknowledge("CASE-1", MIA)
    assert not _knows_its_alert(desk)
    desk.service.unacknowledge("CASE-1", MIA)
    assert _knows_its_alert(desk)
    desk.says(MIA, "We look at it", thread="t")
    assert not _knows_its_alert(desk)
    desk.service.escalate("CASE-1", MIA, "It burns")
    desk.service.snooze("CASE-1", desk.clock.now() + timedelta(hours=1), MIA)
    assert not _knows_its_alert(desk)
    desk.passes(hours=2)
    desk.agenda.keep_due()
    assert _knows_its_alert(desk)
    desk.service.close("CASE-1", MIA)
    assert not _knows_its_alert(desk)
    desk.service.reopen("CASE-1", MIA)
    assert not _knows_its_alert(desk)


def _knows_its_alert(desk: Desk) -> bool:
    """Whether its alert is pending; the case and its escalations must say the same."""
    alerted = desk.case().alerted
    assert alerted == (desk.pending() is not None)
    return alerted


def test_only_due_cases_are_asked_for(desk: Desk) -> None:
    for author in crowd(5):
        desk.says(author, "Help")
    desk.passes(hours=1)

    assert len(plans_of(desk.database, desk.sweep.sweep, "cases")) == 1


def crowd(size: int) -> list[Author]:
    return [Author(f"U_{number}", "Somebody") for number in range(size)]
