"""App Home's rows: what can be done with a case there is what can be done on its card, by the same people."""

from typing import Any

import pytest

from bot.cases.models import Message
from bot.slack.action_ids import ACKNOWLEDGE, ASSIGN_TO_ME, CLOSE, MORE, REPLY, STOP_REPLY, Choice, chosen_value
from tests.slack import payloads
from tests.slack.hands import Hands
from tests.slack.world import words_of


@pytest.fixture
def home(hands: Hands) -> Hands:
    """Ada's App Home, with Carla's urgent case in it."""
    hands.workspace.say("carla", hands.workspace.dm("carla"), "This is urgent")
    hands.settles()
    hands.world.deliver()
    hands.workspace.open_home("ada")
    hands.world.seen(lambda: hands.workspace.home("ada"))
    return hands


def redrawn(home: Hands, words: str) -> dict[str, Any]:
    """Ada's page, once it has these words."""

    def look() -> dict[str, Any] | None:
        page = home.workspace.home("ada")
        return page if page is not None and words in words_of(page) else None

    return home.world.seen(look)


def test_a_row_leads_to_the_card(home: Hands) -> None:
    [card] = home.workspace.messages("#support")
    link = home.world.slack.web.chat_getPermalink(channel=payloads.SUPPORT, message_ts=card["ts"])["permalink"]

    assert f"*<{link}|CASE-1>*" in words_of(home.workspace.home("ada"))


def test_a_case_is_acknowledged_and_taken_in_its_row(home: Hands) -> None:
    home.workspace.click_home("ada", ACKNOWLEDGE)
    home.workspace.click_home("ada", ASSIGN_TO_ME)

    page = redrawn(home, "open, escalated before")

    assert home.world.case().assignee == payloads.ADA
    assert ACKNOWLEDGE not in str(page)


def test_a_case_is_answered_from_its_row(home: Hands) -> None:
    home.workspace.click_home("ada", REPLY)

    assert home.submit(text="We are on our way") == {}

    told = home.whisper("Your answer to Carla Customer (CASE-1) leaves in 5 s, at <!date^")
    home.world.deliver()
    assert "We are on our way" in words_of(home.workspace.messages(home.workspace.dm("carla")))
    left = home.whisper("Your answer to Carla Customer (CASE-1) has left.")
    assert left["ts"] == told["ts"]
    assert STOP_REPLY not in str(left)


def test_the_rest_is_in_the_rows_menu(home: Hands) -> None:
    home.workspace.click_home("ada", MORE, chosen_value(Choice.NOTE, "CASE-1", 2))

    assert home.submit(text="He is a good customer") == {}

    [note] = [message.body for message in home.world.rows(Message) if message.internal]
    assert note == "He is a good customer"


def test_a_case_that_was_closed_in_its_row_leaves_the_list(home: Hands) -> None:
    home.workspace.click_home("ada", CLOSE)

    redrawn(home, "No open cases.")

    assert home.world.case().status == "closed"


def test_a_list_of_the_command_leads_to_the_cards_too(home: Hands) -> None:
    [card] = home.workspace.messages("#support")
    place = f"/archives/{payloads.SUPPORT}/p{card['ts'].replace('.', '')}|CASE-1>"

    told = {order: home.world.answer(payloads.command(order)) for order in ("", "list", "status 1", "search urgent")}

    assert {order: place in words for order, words in told.items()} == dict.fromkeys(told, True)
