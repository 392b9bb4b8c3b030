"""`@casebot …` in a thread, where Slack has no commands: orders of admins, words of everybody else."""

import pytest

from bot.cases.models import Message
from tests.slack import payloads
from tests.slack.payloads import ADA, CARLA, COSMO, CUSTOMERS, SUPPORT, Body
from tests.slack.world import SlackWorld

BOT = "<@U0CASEBOT>"
ASKED = "1772442000.000500"


@pytest.fixture
def desk(world: SlackWorld) -> SlackWorld:
    """Carla's CASE-1, written in the customers' channel, with its card in the support channel."""
    world.hears(payloads.message("My order 1047", CARLA, CUSTOMERS, ts=ASKED, event_ts=ASKED))
    world.deliver()
    return world


def in_card_thread(desk: SlackWorld, text: str, user: str = ADA) -> Body:
    [card] = desk.workspace.messages("#support")
    return payloads.message(text, user, SUPPORT, thread_ts=card["ts"])


def in_customers_thread(text: str, user: str = ADA) -> Body:
    return payloads.message(text, user, CUSTOMERS, thread_ts=ASKED)


def test_in_the_cases_thread_that_case_is_meant(desk: SlackWorld) -> None:
    desk.hears(in_card_thread(desk, f"{BOT} close sent again"))

    assert (desk.case().status, desk.told(ADA)[:16]) == ("closed", "CASE-1 is closed")


def test_in_the_customers_thread_too_and_an_order_is_no_answer(desk: SlackWorld) -> None:
    desk.hears(in_customers_thread(f"{BOT} note her parcel is lost"))

    [_, note] = desk.rows(Message)
    assert (note.body, note.internal, desk.case().clock_restarted_at) == ("her parcel is lost", True, None)


def test_another_case_may_be_named(desk: SlackWorld) -> None:
    desk.hears(payloads.message("Mine as well", COSMO))
    desk.hears(in_card_thread(desk, f"{BOT}: assign CASE-2 me"))

    assert [desk.case(case_id).assignee for case_id in ("CASE-1", "CASE-2")] == [None, ADA]


def test_a_number_in_the_words_is_no_case(desk: SlackWorld) -> None:
    desk.hears(in_card_thread(desk, f"{BOT} note 2 parcels are missing"))

    assert desk.rows(Message)[-1].body == "2 parcels are missing"


@pytest.mark.parametrize("order", ["note call her back", "reply We are on it."])
def test_an_order_that_slack_brings_twice_is_done_once(desk: SlackWorld, order: str) -> None:
    said = in_card_thread(desk, f"{BOT} {order}")
    desk.hears(said, said)

    assert len(desk.rows(Message)) == 2


def test_wrong_words_get_the_right_form_in_private(desk: SlackWorld) -> None:
    desk.hears(in_card_thread(desk, f"{BOT} clsoe"))

    assert "Did you mean `/case close CASE-42 [reason]`?" in desk.told(ADA)
    assert len(desk.rows(Message)) == 1


def test_a_customers_mention_is_his_words(desk: SlackWorld) -> None:
    desk.hears(in_customers_thread(f"{BOT} close", CARLA))

    assert (desk.case().status, desk.case().message_count) == ("open", 2)


def test_a_mention_in_the_middle_is_no_order(desk: SlackWorld) -> None:
    desk.hears(in_card_thread(desk, f"ask {BOT} close"))

    assert desk.case().status == "open"
    assert desk.rows(Message)[-1].internal


def test_outside_any_thread_the_case_must_be_named(desk: SlackWorld) -> None:
    desk.hears(payloads.message(f"{BOT} close", ADA, SUPPORT))

    assert "Which case?" in desk.told(ADA)
