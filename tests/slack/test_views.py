"""What the team and the customers read: cards, alerts, notes, answers and homes, state by state."""

from typing import Any

import pytest

from bot.cases.models import EventKind
from bot.cases.queries import Board, Filter, Sheet
from bot.slack.action_ids import ACKNOWLEDGE, CLOSE, CONFIRM, IGNORE, read_case_value
from bot.slack.homes import Sight
from bot.slack.verbs import usage
from bot.slack.views import answers, notes, words
from bot.slack.views.alert import REASONS_SHOWN, alert
from bot.slack.views.card import card
from bot.slack.views.home import Standing, admin_home, customer_home
from bot.slack.views.parts import Drawing
from tests.cases.desk import START
from tests.slack import drawn
from tests.slack.world import words_of


def read(drawing: Drawing) -> str:
    return words_of(drawing.as_arguments()["blocks"])


def buttons(drawing: Drawing | dict[str, Any]) -> list[dict[str, Any]]:
    blocks = drawing.as_arguments()["blocks"] if isinstance(drawing, Drawing) else drawing["blocks"]
    return [element for block in blocks if block["type"] == "actions" for element in block["elements"]]


def actions(drawing: Drawing | dict[str, Any]) -> list[str]:
    return [button["action_id"] for button in buttons(drawing)]


@pytest.mark.parametrize(
    ("state", "told", "offered"),
    [
        ("open", ":large_blue_circle: open", [CLOSE]),
        ("pending", ":rotating_light: escalated", [ACKNOWLEDGE, CLOSE]),
        ("acknowledged", "open, escalated before", [CLOSE]),
        ("closed", ":white_check_mark: closed", []),
        ("closed and escalated", ":white_check_mark: closed", []),
    ],
)
def test_a_card_tells_the_state_and_offers_what_fits_it(state: str, told: str, offered: list[str]) -> None:
    drawing = card(drawn.sheets()[state])

    assert told in read(drawing)
    assert actions(drawing) == offered


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
    assert "sender: dmarc=pass" in text


def test_a_card_says_who_spoke_last_if_it_was_the_team() -> None:
    assert "answered:\n> " in read(card(drawn.sheets()["answered"]))
    assert "answered" not in read(card(drawn.sheets()["open"]))


def test_closing_is_asked_back_in_a_dialog() -> None:
    [close] = buttons(card(drawn.sheets("Carla")["open"]))

    assert close["confirm"]["title"]["text"] == "Close CASE-42?"
    assert close["confirm"]["text"]["text"].startswith("The case of Carla ends here.")
    assert read_case_value(close) == ("CASE-42", 1)


def test_a_pending_alert_shows_why_and_where_and_two_buttons() -> None:
    sheet = drawn.sheets()["pending"]
    drawing = alert(sheet, drawn.an_escalation(words="says “urgent”: it is urgent"), "https://desk.example/p1")

    assert "*CASE-42* needs somebody now" in read(drawing)
    assert "• says “urgent”: it is urgent (since <!date^1772442000^" in read(drawing)
    assert "<https://desk.example/p1|open the case>" in read(drawing)
    assert f"> {drawn.CALM}" in read(drawing)
    assert actions(drawing) == [ACKNOWLEDGE, CLOSE]
    assert drawing.text.startswith("CASE-42 needs somebody now: ")


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (drawn.ACKNOWLEDGED, "acknowledged by Ada, 5 min after the alert"),
        (drawn.ANSWERED, "answered by Ada, 5 min after the alert"),
        (drawn.CLOSED_THEN, "closed by Ada, 5 min after the alert"),
    ],
)
def test_a_settled_alert_says_by_whom_and_how_fast(outcome: str, told: str) -> None:
    escalation = drawn.an_escalation(outcome, "Ada")
    state = "closed" if outcome == drawn.CLOSED_THEN else "acknowledged"
    drawing = alert(drawn.sheets()[state], escalation, None)

    assert f":white_check_mark: *CASE-42* {told}" in read(drawing)
    assert ACKNOWLEDGE not in actions(drawing)


def test_of_many_reasons_an_alert_shows_the_newest_and_counts_the_others() -> None:
    drawing = alert(drawn.sheets()["pending"], drawn.an_escalation(words="asked", count=300), None)

    assert "and 292 earlier reasons" in read(drawing)
    assert read(drawing).count("• asked") == REASONS_SHOWN


def test_the_closing_log_is_exact_to_the_letter() -> None:
    drawing = notes.closing_log(drawn.an_event(by="Ada Admin", reason="solved"))

    assert drawing.as_arguments() == {
        "text": "Case #CASE-42 closed at 2026-03-02T09:00:00+00:00 by Ada Admin",
        "blocks": [],
    }


def test_the_closing_log_drops_fractions_of_a_second() -> None:
    event = drawn.an_event(by="ada@desk.test")
    event.at = START.replace(microsecond=123_456)

    assert notes.closing_log(event).text == "Case #CASE-42 closed at 2026-03-02T09:00:00+00:00 by ada@desk.test"


def test_a_backlog_of_follow_ups_is_one_message_with_all_of_them() -> None:
    several = [drawn.a_message(f"Message number {number}.") for number in range(21)]

    text = read(notes.follow_up(several))

    assert "21 new messages" in text
    assert all(f"> Message number {number}." in text for number in range(21))


def test_an_edit_shows_both_wordings_and_a_deletion_that_the_words_are_kept() -> None:
    edited = notes.revision([drawn.an_event(EventKind.EDITED, "Carla", before="1047", after="1048")])
    deleted = notes.revision([drawn.an_event(EventKind.DELETED, "Carla")])

    assert "> 1047\nNow:\n> 1048" in read(edited)
    assert "its words are kept here" in read(deleted)


def test_a_question_offers_its_two_answers_until_somebody_gave_one() -> None:
    asked = notes.question(drawn.a_question(asked_by="ada@desk.test"))
    settled = notes.question(
        drawn.a_question(asked_by="ada@desk.test", outcome="confirmed", decided_by="Amos", decided_at=START)
    )

    assert "ada@desk.test asks to close CASE-42, sender not verified" in read(asked)
    assert [(button["action_id"], button["value"]) for button in buttons(asked)] == [(CONFIRM, "7"), (IGNORE, "7")]
    assert actions(settled) == []
    assert "confirmed by Amos" in read(settled)


def test_a_question_about_no_case_has_nothing_to_press() -> None:
    assert actions(notes.question(drawn.a_question(case_id=None))) == []


def test_the_status_of_a_case_has_the_buttons_that_fit() -> None:
    assert actions(answers.status(drawn.sheets()["pending"])) == [ACKNOWLEDGE, CLOSE]
    assert actions(answers.status(drawn.sheets()["closed"])) == []


def test_a_long_list_says_how_many_it_leaves_out() -> None:
    board = Board(open=20, escalated=0, unacknowledged=0, cases=[drawn.sheets()["open"]], more=19)

    assert "and 19 more" in read(answers.listing(board, Filter.OPEN))


def test_help_tells_a_customer_nothing_of_the_teams_commands() -> None:
    assert "/case close" in read(usage(admin=True))
    assert "close" not in read(usage(admin=False))


def test_a_customers_home_shows_nothing_of_the_teams_inner_life() -> None:
    home = customer_home([drawn.sheets()["pending"]])

    assert "*CASE-42* open · 3 messages" in words_of(home)
    assert "escalated" not in words_of(home)
    assert actions(home) == []


def test_an_admins_home_has_figures_and_buttons() -> None:
    home = admin_home(
        Board(open=1, escalated=1, unacknowledged=1, cases=[drawn.sheets()["pending"]]),
        Sight().as_metadata(),
        Standing(),
    )

    assert "*1* open · *1* escalated · *1* alert waits for an acknowledgement" in words_of(home)
    assert actions(home) == [ACKNOWLEDGE, CLOSE]


@pytest.mark.parametrize(
    ("text", "limit", "left"),
    [
        ("short", 10, "short"),
        ("some words too many", 12, "some words…"),
        ("onewordonly", 5, "onew…"),
        ("  spaces around  ", 20, "spaces around"),
    ],
)
def test_a_long_text_is_cut_at_a_word(text: str, limit: int, left: str) -> None:
    assert words.shortened(text, limit) == left


def test_the_limit_counts_what_slack_counts() -> None:
    assert len(words.inert("&" * 1_000, 100)) <= 100
    assert words.inert("&" * 1_000, 100).endswith("&amp;…")


def test_no_text_at_all_is_said_to_be_none() -> None:
    assert words.quoted("\n \n") == "> _(no text)_"


def test_a_thousand_lines_are_a_screenful() -> None:
    assert len(words.quoted("a\n" * 1_000, 2_000).splitlines()) == words.QUOTED_LINES
