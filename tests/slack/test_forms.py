"""The short forms, and the card's menu: each one's deed, and each one's refusals."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.cases.models import CaseEvent, Message
from bot.outbox.models import Delivery
from bot.slack.action_ids import (
    CLOSE,
    CLOSE_BY_FORM,
    MORE,
    REOPEN,
    SNOOZE,
    Choice,
    chosen_value,
)
from bot.slack.views.modals.snoozing import Rest, wake_time
from tests.slack import payloads
from tests.slack.hands import Hands, hands_on
from tests.slack.world import words_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday
BERLIN = ZoneInfo("Europe/Berlin")


def facts(hands: Hands) -> list[str]:
    return [event.kind for event in hands.world.rows(CaseEvent)]


def test_a_case_rests_for_as_long_as_was_chosen(hands: Hands) -> None:
    hands.opens()
    hands.choose(Choice.SNOOZE)

    assert hands.submit(**{"for": "4h"}) == {}

    assert hands.world.case().snoozed_until == hands.world.clock.now() + timedelta(hours=4)
    assert hands.whisper("CASE-1 rests until <!date^")


def test_a_chosen_time_counts_more_than_the_quick_choices(hands: Hands) -> None:
    hands.opens()
    hands.press(SNOOZE, "CASE-1:1")
    until = hands.world.clock.now() + timedelta(days=3)

    assert hands.submit(until=int(until.timestamp())) == {}

    assert hands.world.case().snoozed_until == until


def test_a_time_that_has_passed_is_refused_in_place(hands: Hands) -> None:
    hands.opens()
    hands.choose(Choice.SNOOZE)

    past = int((hands.world.clock.now() - timedelta(hours=1)).timestamp())

    assert hands.submit(until=past) == {"until": "That time has passed already. Choose one that is still to come."}


def test_a_snooze_submitted_twice_is_one(hands: Hands) -> None:
    hands.opens()
    hands.choose(Choice.SNOOZE)
    option = {"value": "1h"}
    state = {"values": {"for": {"for": {"type": "radio_buttons", "selected_option": option}}}}
    submission = payloads.submission(hands.form() | {"state": state})

    hands.world.hears(submission, submission)

    assert facts(hands) == ["opened", "snoozed"]


def test_a_rest_is_ended_from_the_menu(hands: Hands) -> None:
    hands.opens()
    hands.choose(Choice.SNOOZE)
    hands.submit(**{"for": "1h"})

    assert hands.choose(Choice.WAKE, version=2).acked

    assert hands.world.case().snoozed_until is None


@pytest.mark.parametrize(
    ("rest", "now", "zone", "wakes"),
    [
        (Rest.HOUR, NOON, UTC, datetime(2026, 3, 2, 13, tzinfo=UTC)),
        (Rest.HOURS, NOON + timedelta(seconds=20), UTC, datetime(2026, 3, 2, 16, tzinfo=UTC)),
        (Rest.TOMORROW, NOON, UTC, datetime(2026, 3, 3, 9, tzinfo=UTC)),
        (Rest.TOMORROW, NOON, BERLIN, datetime(2026, 3, 3, 8, tzinfo=UTC)),
        (Rest.TOMORROW, datetime(2026, 3, 2, 23, 30, tzinfo=UTC), BERLIN, datetime(2026, 3, 4, 8, tzinfo=UTC)),
        (Rest.TOMORROW, datetime(2026, 3, 28, 12, tzinfo=UTC), BERLIN, datetime(2026, 3, 29, 7, tzinfo=UTC)),
        (Rest.MONDAY, NOON, UTC, datetime(2026, 3, 9, 9, tzinfo=UTC)),
        (Rest.MONDAY, datetime(2026, 3, 2, 8, tzinfo=UTC), UTC, datetime(2026, 3, 2, 9, tzinfo=UTC)),
        (Rest.MONDAY, datetime(2026, 3, 8, 12, tzinfo=UTC), UTC, datetime(2026, 3, 9, 9, tzinfo=UTC)),
    ],
)
def test_mornings_are_those_of_the_person(rest: Rest, now: datetime, zone: ZoneInfo, wakes: datetime) -> None:
    assert wake_time(rest, now, zone) == wakes


def test_the_persons_time_zone_comes_from_slack(hands: Hands) -> None:
    directory = hands.world.slack.directory
    assert directory.zone(payloads.ADA).utcoffset(NOON) == timedelta(0)

    directory.learn([payloads.user_object(payloads.ADA, "Ada", tz="Asia/Tokyo", tz_offset=32400)])

    assert directory.zone(payloads.ADA).utcoffset(NOON) == timedelta(hours=9)


def test_a_note_submitted_twice_is_one_note(hands: Hands) -> None:
    hands.opens()
    hands.choose(Choice.NOTE)
    state = {"values": {"text": {"text": {"type": "plain_text_input", "value": "Ask the printer people"}}}}
    submission = payloads.submission(hands.form() | {"state": state})

    hands.world.hears(submission, submission)

    notes = [message.body for message in hands.world.rows(Message) if message.internal]
    assert notes == ["Ask the printer people"]


def test_an_escalation_has_its_reason(hands: Hands) -> None:
    hands.opens()
    hands.choose(Choice.ESCALATE)

    assert hands.submit(reason="The board waits") == {}
    assert hands.whisper("CASE-1 is escalated; the alerting channel hears of it.")
    [escalated] = [event for event in hands.world.rows(CaseEvent) if event.kind == "escalated"]
    assert escalated.detail["reasons"][0]["words"] == "Ada Admin asks: The board waits"


def test_a_reopened_case_keeps_its_number(hands: Hands) -> None:
    hands.opens()
    hands.press(CLOSE, "CASE-1:1")

    assert hands.press(REOPEN, "CASE-1:2").acked

    assert hands.world.case().status == "open"
    assert facts(hands) == ["opened", "closed", "reopened"]


def test_a_customer_with_another_open_case_keeps_the_old_one_closed(hands: Hands) -> None:
    hands.opens()
    hands.press(CLOSE, "CASE-1:1")
    hands.opens("Another thing")

    hands.choose(Choice.REOPEN, version=2)

    assert hands.whisper("CASE-1 can't be opened again: its customer has an open case, CASE-2. Go on there.")


def test_a_short_timeline_is_read_in_its_form(hands: Hands) -> None:
    hands.opens("It is urgent")
    hands.choose(Choice.TIMELINE)

    shown = words_of(hands.form())
    assert "Carla Customer opened the case: “It is urgent”" in shown
    assert "Casebot escalated it:" in shown


def test_a_long_timeline_comes_as_a_file_too(hands: Hands) -> None:
    hands.opens()
    hands.world.hears(*(payloads.message(f"And {number}") for number in range(45)))

    hands.choose(Choice.TIMELINE)

    assert "The newest 40 entries; all of them come to you as a file." in words_of(hands.form())
    told = hands.world.seen(lambda: next(iter(hands.workspace.messages(hands.workspace.dm("ada"))), None))
    assert told["text"] == "The timeline of CASE-1"
    assert [file["name"] for file in told["files"]] == ["CASE-1.txt"]


@pytest.mark.parametrize("choice", [choice for choice in Choice if choice not in {Choice.WAKE, Choice.REOPEN}])
def test_no_form_opens_for_who_is_no_admin(hands: Hands, choice: Choice) -> None:
    hands.opens()
    hands.workspace.join("carla", "#support")

    hands.choose(choice, user="carla")

    assert hands.whisper("Only the support team's admins can do that.", "carla")
    assert hands.workspace.modal("carla") is None


@pytest.mark.parametrize("choice", [Choice.ASSIGN, Choice.SNOOZE, Choice.ESCALATE])
def test_no_form_opens_for_a_closed_case(hands: Hands, choice: Choice) -> None:
    hands.opens()
    hands.press(CLOSE, "CASE-1:1", user="amos")

    hands.choose(choice)

    assert hands.whisper("CASE-1 was closed by Amos Admin 0 s ago.")


@pytest.fixture
def asking(tmp_path: Path) -> Iterator[Hands]:
    """A team that asks for a reason, and may say goodbye."""
    with hands_on(tmp_path, CLOSE_REASONS="Solved,No answer", CLOSING_MESSAGE="Thank you, and goodbye!") as hands:
        yield hands


def test_a_close_that_has_something_to_ask_opens_a_form(asking: Hands) -> None:
    asking.opens()

    asking.press(CLOSE, "CASE-1:1")
    assert "> Thank you, and goodbye!" in words_of(asking.form())
    assert asking.world.case().status == "open"
    assert asking.submit(reason="No answer", detail="since May") == {}

    assert asking.whisper("CASE-1 is closed.")
    [closed] = [event for event in asking.world.rows(CaseEvent) if event.kind == "closed"]
    assert closed.detail["reason"] == "No answer: since May"
    assert [delivery for delivery in asking.world.rows(Delivery) if delivery.kind == "reply"] == []


def test_a_card_asks_once(asking: Hands) -> None:
    asking.opens()
    [card] = asking.workspace.messages("#support")

    asking.workspace.click("ada", "#support", card["ts"], CLOSE_BY_FORM)

    assert "confirm" not in str(card["blocks"])
    assert asking.submit(reason="Solved") == {}
    assert asking.world.case().status == "closed"


def test_the_customer_is_told_only_where_that_was_ticked(asking: Hands) -> None:
    asking.opens()
    asking.press(CLOSE, "CASE-1:1")

    asking.submit(farewell=["told"])

    assert asking.whisper("The customer gets the closing message.")
    [told] = [message for message in asking.world.rows(Message) if message.sending]
    assert told.body == "Thank you, and goodbye!"


def test_a_choice_of_the_menu_that_nobody_knows_is_told_as_broken(hands: Hands) -> None:
    hands.opens()
    click = payloads.click(MORE, "", channel=payloads.SUPPORT)
    click["actions"][0] |= {"type": "overflow", "selected_option": {"value": "paint:CASE-1:1"}}
    before = hands.world.snapshot()

    hands.world.hears(click)

    assert hands.whisper("Something went wrong on our side, and nothing was changed.")
    assert hands.world.snapshot() == before
    assert chosen_value(Choice.NOTE, "CASE-1", 3) == "note:CASE-1:3"
