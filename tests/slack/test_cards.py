"""Cards and alerts, state by state: what they tell, and what they offer."""

from datetime import timedelta
from typing import Any

import pytest

from bot.cases.models import Message, Sending
from bot.cases.queries import Sheet
from bot.slack.action_ids import (
    ACKNOWLEDGE,
    ASSIGN_TO_ME,
    CLOSE,
    CLOSE_BY_FORM,
    REPLY,
    SNOOZE,
    UNACKNOWLEDGE,
    read_case_value,
    read_chosen_value,
)
from bot.slack.views import answers
from bot.slack.views.alert import REASONS_SHOWN, alert, reminder
from bot.slack.views.card import card
from bot.slack.views.parts import Surroundings
from tests.cases.desk import START
from tests.slack import drawn
from tests.slack.reading import actions, buttons, menu, read

WHILE_OPEN = ["Assign…", "Snooze…", "Note…", "Escalate…", "Timeline"]


@pytest.mark.parametrize(
    ("state", "told", "offered"),
    [
        ("open", ":large_blue_circle: open", [REPLY, ASSIGN_TO_ME, CLOSE]),
        ("assigned", ":large_blue_circle: open", [REPLY, CLOSE]),
        ("pending", ":rotating_light: escalated", [REPLY, ASSIGN_TO_ME, ACKNOWLEDGE, CLOSE]),
        ("acknowledged", "open, escalated before", [REPLY, ASSIGN_TO_ME, CLOSE]),
        ("undelivered", ":red_circle: an answer did not arrive", [REPLY, ASSIGN_TO_ME, CLOSE]),
        ("snoozed", ":no_bell: snoozed", [REPLY, ASSIGN_TO_ME, CLOSE]),
        ("closed", ":white_check_mark: closed", []),
        ("closed and escalated", ":white_check_mark: closed", []),
    ],
)
def test_a_card_tells_the_state_and_offers_what_fits_it(state: str, told: str, offered: list[str]) -> None:
    drawing = card(drawn.sheets()[state])

    assert told in read(drawing)
    assert actions(drawing) == offered


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        ("open", WHILE_OPEN),
        ("snoozed", ["Wake it now" if choice == "Snooze…" else choice for choice in WHILE_OPEN]),
        ("closed", ["Reopen", "Timeline"]),
    ],
)
def test_the_rest_is_in_a_menu(state: str, offered: list[str]) -> None:
    choices = menu(card(drawn.sheets()[state]))

    assert list(choices) == offered
    assert {read_chosen_value({"selected_option": {"value": value}})[1:] for value in choices.values()} == {
        ("CASE-42", 1)
    }


def test_a_card_names_its_customer_without_calling_him() -> None:
    text = read(card(drawn.sheets("Carla")["open"]))

    assert "Carla (U0CARLA)" in text
    assert "<@" not in text


def test_a_customer_without_a_name_is_not_named_twice() -> None:
    sheet = Sheet(drawn.a_case("U0CARLA"), drawn.a_message(), None)

    assert "U0CARLA (U0CARLA)" not in read(card(sheet))


def test_a_card_of_a_mail_shows_subject_and_who_vouches_for_the_sender() -> None:
    case = drawn.a_case(source="email", subject="Order 1047", verdict="dmarc=pass")
    text = read(card(Sheet(case, drawn.a_message(), None)))

    assert "*Order 1047*" in text
    assert "by e-mail" in text
    assert "sender dmarc=pass" in text


def test_a_card_says_who_spoke_last_and_whose_turn_it_is() -> None:
    assert "answered:\n> " in read(card(drawn.sheets()["answered"]))
    assert "waiting for the customer since <!date^1772442000^" in read(card(drawn.sheets()["answered"]))
    assert "answered" not in read(card(drawn.sheets()["open"]))
    assert "waiting for us since <!date^1772442000^" in read(card(drawn.sheets()["open"]))


def test_a_card_tells_how_far_an_answer_has_come() -> None:
    waiting = drawn.a_letter("We look into it.").message
    failed = drawn.a_letter("We look into it.", Sending.FAILED).message

    assert "An answer of *Ada Admin* is on its way:\n> We look into it." in read(
        card(Sheet(drawn.a_case(), waiting, None))
    )
    told = read(card(Sheet(drawn.a_case(undelivered="no such mailbox"), failed, None)))
    assert ":red_circle: *The customer did not get your answer:* no such mailbox" in told
    assert "*Ada Admin* answered, but it did not arrive:" in told


def test_a_closed_case_is_not_red_for_an_answer_long_ago() -> None:
    closed = drawn.a_case(undelivered="no such mailbox", status="closed", closed_at=START, closed_by="Ada")

    assert ":red_circle:" not in read(card(Sheet(closed, None, None)))


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"assignee": "U0ADA", "assignee_name": "Ada Admin"}, ":bust_in_silhouette: Ada Admin"),
        ({}, "nobody's yet"),
        ({"snoozed_until": START}, "snoozed until <!date^1772442000^"),
    ],
)
def test_a_card_tells_who_has_the_case_and_until_when_it_rests(more: dict[str, Any], told: str) -> None:
    assert told in read(card(Sheet(drawn.a_case(**more), drawn.a_message(), None)))


@pytest.mark.parametrize(
    ("origin", "told"),
    [
        ({"follows": "CASE-3"}, "continues CASE-3"),
        ({"mentions": "CASE-4"}, "mentions CASE-4"),
        ({"taken_down_by": "Ada"}, "taken down by Ada"),
    ],
)
def test_a_card_tells_how_the_case_began(origin: dict[str, str], told: str) -> None:
    assert told in read(card(Sheet(drawn.a_case(), drawn.a_message(), None, origin=origin)))


def test_a_card_leads_to_the_case_that_it_continues() -> None:
    links = Surroundings({"CASE-3": "https://desk.example/archives/C0SUPPORT/p1"})
    sheet = Sheet(drawn.a_case(), drawn.a_message(), None, origin={"follows": "CASE-3", "mentions": "CASE-4"})

    told = read(card(sheet, links))

    assert "continues <https://desk.example/archives/C0SUPPORT/p1|CASE-3> · mentions CASE-4" in told


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (drawn.PENDING, "alerted <!date^1772442000^{date_short_pretty} {time}|2026-03-02 09:00 UTC>, not acknowledged"),
        (drawn.ACKNOWLEDGED, "alert acknowledged by Ada after 5 min"),
        (drawn.ANSWERED, "alert answered by Ada after 5 min"),
        (drawn.SNOOZED, "alert snoozed by Ada after 5 min"),
    ],
)
def test_a_card_tells_how_loud_it_is_and_who_has_it(outcome: str | None, told: str) -> None:
    case = drawn.a_case(escalated=True)

    assert told in read(card(Sheet(case, drawn.a_message(), drawn.an_escalation(outcome, "Ada"))))


def test_a_card_lists_the_files_of_the_latest_message_and_counts_all() -> None:
    files = [drawn.a_file(), drawn.a_file("setup.exe", "looks executable", size=2_300_000)]
    text = read(card(Sheet(drawn.a_case(), drawn.a_message(""), None, attached=files, files=3, withheld=1)))

    assert ":paperclip: invoice.pdf (48 kB), setup.exe (2.3 MB; looks executable, not posted)" in text
    assert "3 files (1 not posted)" in text
    assert "(no text)" not in text


def test_a_card_keeps_what_the_case_began_with() -> None:
    first = drawn.a_message("My printer\nis on fire. " + "And it smokes. " * 50, id=1)
    later = drawn.a_message("Hello? Anybody?", id=2)

    told = read(card(Sheet(drawn.a_case(), later, None), first=first))

    assert "*First:* My printer is on fire. And it smokes." in told
    assert "*Latest:*\n> Hello? Anybody?" in told
    assert len(told.split("*Latest:*")[0]) < 400


@pytest.mark.parametrize("first", [None, drawn.a_message(), drawn.a_message("", id=7)])
def test_words_that_stand_there_anyway_are_not_said_twice(first: Message | None) -> None:
    told = read(card(Sheet(drawn.a_case(), drawn.a_message(), None), first=first))

    assert "First:" not in told
    assert "Latest:" not in told


def test_a_button_that_opens_a_form_asks_nothing_itself() -> None:
    sheet = drawn.sheets()["pending"]
    around = Surroundings(asks_at_closing=True)
    rows = [card(sheet, around), alert(sheet, drawn.an_escalation(), around), answers.status(sheet, around)]

    closing = [button for row in rows for button in buttons(row) if button["action_id"] in {CLOSE, CLOSE_BY_FORM}]

    assert [(button["action_id"], button["text"]["text"]) for button in closing] == [(CLOSE_BY_FORM, "Close…")] * 3
    assert not any("confirm" in button for button in closing)


def test_closing_is_asked_back_in_a_dialog() -> None:
    close = next(button for button in buttons(card(drawn.sheets("Carla")["open"])) if button["action_id"] == CLOSE)

    assert close["confirm"]["title"]["text"] == "Close CASE-42?"
    assert close["confirm"]["text"]["text"].startswith("The case of Carla ends here.")
    assert read_case_value(close) == ("CASE-42", 1)


def test_a_pending_alert_shows_why_and_where_and_what_to_do() -> None:
    sheet = drawn.sheets()["pending"]
    drawing = alert(sheet, drawn.an_escalation(words="says “urgent”: it is urgent"), drawn.LINKED)

    assert "*CASE-42* needs somebody now" in read(drawing)
    assert "• says “urgent”: it is urgent (since <!date^1772442000^" in read(drawing)
    assert "<https://desk.example/p1|open the case>" in read(drawing)
    assert f"> {drawn.CALM}" in read(drawing)
    assert actions(drawing) == [ACKNOWLEDGE, CLOSE, SNOOZE]
    assert drawing.text.startswith("CASE-42 needs somebody now: ")


@pytest.mark.parametrize(
    ("outcome", "told", "offered"),
    [
        (drawn.ACKNOWLEDGED, "acknowledged by Ada, 5 min after the alert", [UNACKNOWLEDGE, CLOSE]),
        (drawn.ANSWERED, "answered by Ada, 5 min after the alert", []),
        (drawn.SNOOZED, "snoozed by Ada, 5 min after the alert", []),
        (drawn.CLOSED_THEN, "closed by Ada, 5 min after the alert", []),
    ],
)
def test_a_settled_alert_says_by_whom_and_how_fast(outcome: str, told: str, offered: list[str]) -> None:
    escalation = drawn.an_escalation(outcome, "Ada")
    state = "closed" if outcome == drawn.CLOSED_THEN else "acknowledged"
    drawing = alert(drawn.sheets()[state], escalation)

    assert f":white_check_mark: *CASE-42* {told}" in read(drawing)
    assert actions(drawing) == offered


def test_an_alert_that_a_newer_one_followed_offers_nothing() -> None:
    earlier = drawn.an_escalation(drawn.ACKNOWLEDGED, "Ada")
    earlier.id = 99

    assert actions(alert(drawn.sheets()["pending"], earlier)) == []


def test_an_acknowledged_alert_tells_that_its_case_was_closed_later() -> None:
    drawing = alert(drawn.sheets("Ada")["closed and escalated"], drawn.an_escalation(drawn.ACKNOWLEDGED, "Ada"))

    assert "the case was closed by Ada" in read(drawing)
    assert actions(drawing) == []


def test_of_many_reasons_an_alert_shows_the_newest_and_counts_the_others() -> None:
    drawing = alert(drawn.sheets()["pending"], drawn.an_escalation(words="asked", count=300))

    assert "and 292 earlier reasons" in read(drawing)
    assert read(drawing).count("• asked") == REASONS_SHOWN


def test_a_reminder_calls_somebody_once_and_only_while_nobody_has_it() -> None:
    later = START + timedelta(minutes=30)
    drawing = reminder(drawn.an_escalation(), later, "<!subteam^S0DESK>")

    assert drawing is not None
    assert drawing.as_arguments() == {
        "text": "<!subteam^S0DESK> :bell: CASE-42 still needs somebody: no acknowledgement for 30 min.",
        "blocks": [],
    }
    assert reminder(drawn.an_escalation(drawn.ACKNOWLEDGED), later, "<@U0ADA>") is None
