"""What the team and the customers read: notes, answers of `/case` and homes, state by state."""

import pytest

from bot.cases.models import EventKind
from bot.cases.queries import Board, Filter
from bot.slack.action_ids import ACKNOWLEDGE, ASSIGN_TO_ME, CLOSE, CONFIRM, IGNORE, OWN_REPLY, OWN_SOLVED, REPLY
from bot.slack.homes import Sight
from bot.slack.verbs import usage
from bot.slack.views import answers, facts, notes, words
from bot.slack.views.home import Standing, admin_home, customer_home
from tests.cases.desk import START
from tests.slack import drawn
from tests.slack.reading import actions, buttons, read
from tests.slack.world import words_of


def test_the_closing_log_is_exact_to_the_letter() -> None:
    drawing = facts.closing_log(drawn.an_event(by="Ada Admin", reason="solved"))

    assert drawing.as_arguments() == {
        "text": "Case #CASE-42 closed at 2026-03-02T09:00:00+00:00 by Ada Admin",
        "blocks": [],
    }


def test_the_closing_log_drops_fractions_of_a_second() -> None:
    event = drawn.an_event(by="ada@desk.test")
    event.at = START.replace(microsecond=123_456)

    assert facts.closing_log(event).text == "Case #CASE-42 closed at 2026-03-02T09:00:00+00:00 by ada@desk.test"


def test_a_backlog_of_follow_ups_is_one_message_with_all_of_them() -> None:
    several = [drawn.a_message(f"Message number {number}.") for number in range(21)]

    text = read(notes.follow_up(several, {}))

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


def test_a_question_about_no_case_can_only_be_ignored() -> None:
    asked = notes.question(drawn.a_question(case_id=None))

    assert actions(asked) == [IGNORE]
    assert "/case note CASE-42 text" in read(asked)


def test_the_status_of_a_case_has_the_buttons_that_fit() -> None:
    assert actions(answers.status(drawn.sheets()["pending"])) == [REPLY, ASSIGN_TO_ME, ACKNOWLEDGE, CLOSE]
    assert actions(answers.status(drawn.sheets()["closed"])) == []


def test_a_long_list_says_how_many_it_leaves_out() -> None:
    board = Board(open=20, escalated=0, unacknowledged=0, cases=[drawn.sheets()["open"]], more=19, after="there")

    assert "Next page (19 more) ›" in read(answers.listing(board, Filter.OPEN))


def test_help_tells_a_customer_nothing_of_the_teams_commands() -> None:
    assert "/case close" in read(usage(admin=True))
    assert "close" not in read(usage(admin=False))
    assert "your cases" in read(usage(admin=False))
    assert "the desk" not in read(usage(admin=False))


def test_a_customers_home_shows_nothing_of_the_teams_inner_life() -> None:
    home = customer_home([drawn.sheets()["pending"]])

    assert "*CASE-42* open · 3 messages" in words_of(home)
    assert "escalated" not in words_of(home)
    assert actions(home) == [OWN_REPLY, OWN_SOLVED]


def test_an_admins_home_has_figures_and_buttons() -> None:
    home = admin_home(
        Board(open=1, escalated=1, unacknowledged=1, cases=[drawn.sheets()["pending"]]),
        Sight().as_metadata(),
        Standing(),
    )

    assert "*1* escalated · *1* alert waits for an acknowledgement" in words_of(home)
    assert actions(home) == [REPLY, ASSIGN_TO_ME, ACKNOWLEDGE, CLOSE]
    assert [each["action_id"] for each in buttons(home) if each.get("style")] == [ACKNOWLEDGE]


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
