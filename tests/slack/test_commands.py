"""`/case`: what an admin and a customer may ask and order, and how wrong words are answered."""

import json
from datetime import timedelta

import pytest

from bot.cases.models import Case, Escalation, Message
from tests.slack import payloads
from tests.slack.payloads import CARLA, COSMO, CUSTOMERS
from tests.slack.world import SlackWorld


@pytest.fixture
def desk(world: SlackWorld) -> SlackWorld:
    """Carla's case CASE-1 and Cosmo's urgent CASE-2."""
    world.hears(payloads.message("My order 1047", CARLA), payloads.message("This is urgent", COSMO))
    return world


def test_the_answer_rides_on_the_ack_and_is_for_the_asker_alone(desk: SlackWorld) -> None:
    response = desk.dispatch(payloads.command("status CASE-1"))

    assert response.status == 200
    assert json.loads(response.body)["response_type"] == "ephemeral"


@pytest.mark.parametrize("named", ["CASE-1", "case-1", "#1", "1", "Case1"])
def test_a_case_may_be_named_in_any_way(desk: SlackWorld, named: str) -> None:
    assert "*CASE-1*" in desk.answer(payloads.command(f"status {named}"))


@pytest.mark.parametrize("text", ["", "status", "  ", "STATUS"])
def test_the_desk_at_a_glance(desk: SlackWorld, text: str) -> None:
    answer = desk.answer(payloads.command(text))

    assert "*2* open · *2* waiting for us · *1* escalated · *1* alert waits" in answer
    assert "*CASE-1*" in answer
    assert "*CASE-2*" in answer


@pytest.mark.parametrize(
    ("text", "shown", "hidden"),
    [
        ("list", "*CASE-1*", "closed"),
        ("list open", "*CASE-2*", "closed"),
        ("list escalated", "*CASE-2*", "*CASE-1*"),
        ("list closed", "No closed cases.", "*CASE-1*"),
    ],
)
def test_lists(desk: SlackWorld, text: str, shown: str, hidden: str) -> None:
    answer = desk.answer(payloads.command(text))

    assert shown in answer
    assert hidden not in answer


def test_closing_by_command_gives_the_reason_to_the_cases_thread(desk: SlackWorld) -> None:
    desk.deliver()

    assert "CASE-1 is closed." in desk.answer(payloads.command("close CASE-1 parcel &lt;found&gt;"))
    desk.deliver()

    [log] = desk.workspace.messages("#logging")
    card = desk.workspace.messages("#support")[0]
    assert log["text"] == "Case #CASE-1 closed at 2026-03-02T09:00:00+00:00 by Ada Admin"
    assert desk.workspace.thread("#support", card["ts"])[-1]["text"] == (
        "CASE-1 was closed by Ada Admin: parcel &lt;found&gt;"
    )


def test_escalating_by_command_alerts(desk: SlackWorld) -> None:
    answer = desk.answer(payloads.command("escalate 1 the lawyer called"))
    desk.deliver()

    assert "CASE-1 is escalated" in answer
    alerts = [message["text"] for message in desk.workspace.messages("#alerting")]
    assert any("Ada Admin asks: the lawyer called" in alert for alert in alerts)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("close", "Which case? Type it like this: `/case close CASE-42 [reason]`"),
        ("close soon", "Which case? Type it like this: `/case close CASE-42 [reason]`"),
        ("escalate", "Which case? Type it like this: `/case escalate CASE-42 [reason]`"),
        ("status soon", "Which case? Type it like this: `/case status CASE-42`"),
        ("status 99", "There is no CASE-99."),
        ("list blue", "“blue” is no list. There are: open, waiting, escalated, mine, unassigned, closed."),
        ("list opne", "“opne” is no list. Did you mean `/case list open`?"),
        ("clsoe 1", "“clsoe” is nothing I can do. Did you mean `/case close CASE-42 [reason]`?"),
        ("assign 1", "To whom? Type it like this: `/case assign CASE-42 @user`"),
        ("snooze 1 whenever", "Until when? Type it like this: `/case snooze CASE-42 2h`"),
        ("note 1", "The note is empty"),
        ("reply 1", "There is nothing to send"),
        ("search", "What are you looking for?"),
        ("open somebody lost his key", "To whom?"),
        ("why 99", "There is no CASE-99."),
        ("list &lt;!channel&gt;", "“&lt;!channel&gt;” is no list."),
        ("close 99", "CASE-99"),
    ],
)
def test_wrong_words_are_answered_with_the_right_form_and_change_nothing(
    desk: SlackWorld, text: str, told: str
) -> None:
    before = desk.snapshot()

    assert told in desk.answer(payloads.command(text))
    assert desk.snapshot() == before


def test_help_shows_what_can_be_typed(desk: SlackWorld) -> None:
    assert "/case escalate CASE-42 [reason]" in desk.answer(payloads.command("help"))
    assert "/case escalate" not in desk.answer(payloads.command("help", CARLA))


def test_an_unknown_verb_gets_one_line_that_helps(desk: SlackWorld) -> None:
    line = "“dance” is nothing I can do. `/case help` lists what I can."
    assert line in desk.answer(payloads.command("dance"))
    assert line in desk.answer(payloads.command("dance", CARLA))
    # What only admins may do is not proposed to a customer.
    assert "`/case help` lists" in desk.answer(payloads.command("clsoe 1", CARLA))


def test_a_case_number_alone_asks_for_its_status(desk: SlackWorld) -> None:
    assert "*CASE-1*" in desk.answer(payloads.command("case-1"))
    assert "*CASE-1*" in desk.answer(payloads.command("1", CARLA))
    assert "There is no CASE-2" in desk.answer(payloads.command("2", CARLA))


def test_the_glance_counts_for_who_asks(desk: SlackWorld) -> None:
    desk.answer(payloads.command("assign 1 me"))
    desk.answer(payloads.command("close 2"))

    glance = desk.answer(payloads.command(""))
    assert "*1* yours · *1* closed today" in glance


@pytest.mark.parametrize("text", ["", "status", "list", "list closed", "status CASE-1"])
def test_a_customer_sees_only_his_own_cases(desk: SlackWorld, text: str) -> None:
    answer = desk.answer(payloads.command(text, CARLA, CUSTOMERS))

    assert "*CASE-1*" in answer
    assert "CASE-2" not in answer
    assert "escalated" not in answer


def test_anothers_case_looks_as_if_it_did_not_exist(desk: SlackWorld) -> None:
    others = desk.answer(payloads.command("status CASE-1", COSMO))

    assert others == "There is no CASE-1."
    assert desk.answer(payloads.command("status CASE-99", COSMO)) == "There is no CASE-99."


@pytest.mark.parametrize("text", ["close CASE-1", "escalate CASE-1", "close 99"])
def test_a_customer_orders_nothing_not_even_with_his_own_case(desk: SlackWorld, text: str) -> None:
    before = desk.snapshot()

    answer = desk.answer(payloads.command(text, CARLA))

    assert answer == ("Only the support team's admins can do that. Nothing was changed. Ask Ada Admin or Amos Admin.")
    assert desk.snapshot() == before


def test_the_second_close_is_told_who_was_first(desk: SlackWorld) -> None:
    desk.answer(payloads.command("close 2"))
    desk.passes(hours=2)

    assert desk.answer(payloads.command("close 2", payloads.AMOS)) == ("CASE-2 was closed by Ada Admin 2 h 00 min ago.")
    assert [escalation.outcome for escalation in desk.rows(Escalation)] == ["closed"]


def test_a_command_under_another_name_is_answered_as_well(desk: SlackWorld) -> None:
    assert "*CASE-1*" in desk.answer(payloads.command("status 1", command="/ticket"))


def test_a_command_that_meets_a_broken_database_says_so(desk: SlackWorld) -> None:
    with desk.failing_commits():
        answer = desk.answer(payloads.command("close CASE-1"))

    assert answer.startswith("The database is busy, so nothing was changed.")
    assert {case.status for case in desk.rows(Case)} == {"open"}


def test_taking_and_giving_away_a_case(desk: SlackWorld) -> None:
    assert "CASE-1 is yours now." in desk.answer(payloads.command("assign 1 me"))
    assert "CASE-1" in desk.answer(payloads.command("mine"))
    assert "Amos Admin’s now." in desk.answer(payloads.command("assign 1 <@U0AMOS|amos>"))
    assert "No mine cases" not in desk.answer(payloads.command("list unassigned"))
    assert "is no admin" in desk.answer(payloads.command("assign 1 <@U0COSMO>"))
    assert "nobody’s now" in desk.answer(payloads.command("assign 1 nobody")).replace("'", "’")


def test_a_note_keeps_its_lines_and_its_mentions_readable(desk: SlackWorld) -> None:
    desk.answer(payloads.command("note CASE-1 ask <@U0AMOS|amos>\nand call back"))

    note = desk.rows(Message)[-1]
    assert (note.body.splitlines()[-1], note.internal) == ("and call back", True)
    assert "U0AMOS" not in note.body


def test_resting_and_waking_by_words(desk: SlackWorld) -> None:
    assert "CASE-1 rests until" in desk.answer(payloads.command("snooze 1 2h"))

    assert desk.case().snoozed_until == desk.clock.now() + timedelta(hours=2)


def test_closing_and_taking_it_back(desk: SlackWorld) -> None:
    desk.answer(payloads.command("close 1"))

    assert "CASE-1 is open again." in desk.answer(payloads.command("reopen 1"))
    assert desk.case().status == "open"


def test_an_answer_by_command_can_be_stopped_for_a_moment(desk: SlackWorld) -> None:
    answer = desk.answer(payloads.command("reply 1 We are on it."))

    assert "Your answer to Carla Customer (CASE-1) leaves in 5 s" in answer
    assert "Stop" in answer


def test_taking_down_a_telephone_call(desk: SlackWorld) -> None:
    answer = desk.answer(payloads.command("open <mailto:new@customer.example|new@customer.example> no power at all"))

    assert "CASE-3 is open." in answer
    assert desk.case("CASE-3").customer_identifier == "new@customer.example"
    assert "your words stand there now" in desk.answer(payloads.command("open <@U0COSMO> and another thing"))


def test_finding_a_case_by_what_was_said(desk: SlackWorld) -> None:
    desk.answer(payloads.command("note 1 the turbo encabulator again"))

    assert "*CASE-1*" in desk.answer(payloads.command("search encabulator"))
    assert "Nothing found" in desk.answer(payloads.command("search encabulator", CARLA))


@pytest.mark.parametrize("words", ["*Waiting*", "*Unanswered* 1 message of 3", "urgent, immediately", "Nothing."])
def test_why_is_arithmetic(desk: SlackWorld, words: str) -> None:
    assert words in desk.answer(payloads.command("why 1"))


def test_why_tells_what_was_raised_and_when_it_was_said(desk: SlackWorld) -> None:
    desk.answer(payloads.command("escalate 1 the lawyer called"))
    assert "*not posted yet*; waits for an acknowledgement" in desk.answer(payloads.command("why 1"))
    desk.deliver()
    desk.passes(minutes=2)
    desk.answer(payloads.command("ack 1"))

    told = desk.answer(payloads.command("why 1"))
    assert "Ada Admin asks: the lawyer called. Its alert was posted 0 s later; acknowledged by Ada Admin" in told
    assert "The clock was last set by: acknowledged by Ada Admin." in told
