"""The three escalation rules at their edges."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.cases.models import ReasonKind
from bot.cases.rules import (
    DEFAULT_KEYWORDS,
    Rules,
    followup_reason,
    judged_words,
    keyword_reasons,
    keywords_in,
    new_words,
    overdue,
    span,
    too_many_followups,
    topic,
    waiting_reason,
)

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
AFTER = timedelta(hours=48)
INSTANT = timedelta(microseconds=1)


def said(text: str, *keywords: str) -> list[str]:
    return [keyword for keyword, _ in keywords_in(text, keywords or DEFAULT_KEYWORDS)]


@pytest.mark.parametrize(
    "text",
    [
        "urgent",
        "URGENT!!!",
        "Please answer urgently.",
        "(urgent)",
        "“Urgent”: the till is down",
        "*urgent*",
        "_urgent_",
        "~urgent~",
        "this is non-urgent",  # a hyphen parts words, and a false alarm costs less than a missed one
        "re:urgent",
        "first line\nurgent",
        "urgent\u00a0matter",
    ],
)
def test_a_word_that_begins_with_the_keyword_counts(text: str) -> None:
    assert said(text) == ["urgent"]


@pytest.mark.parametrize("text", ["insurgent", "Insurgents", "nonurgent", "resurgent", "4urgent", "überurgent", "urge"])
def test_a_keyword_inside_a_word_does_not_count(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize(("text", "keyword"), [("Criticality", "critical"), ("two EMERGENCYs", "emergency")])
def test_every_default_keyword_is_looked_for_in_any_case(text: str, keyword: str) -> None:
    assert said(text) == [keyword]


def test_each_keyword_is_told_once_however_often_it_is_said() -> None:
    assert said("urgent, urgent, and critical: urgent") == ["urgent", "critical"]


@pytest.mark.parametrize(
    "text",
    ["> urgent", ">urgent", "   > urgent", "Thanks, solved.\n> This is urgent\n>> critical", ">> urgent\nno longer"],
)
def test_a_keyword_in_quoted_lines_does_not_count(text: str) -> None:
    assert said(text) == []


def test_a_keyword_beside_quoted_lines_counts() -> None:
    assert said("> is it?\nyes, urgent") == ["urgent"]


@pytest.mark.parametrize(
    ("keyword", "matching", "other"),
    [("a.b", "a.b", "axb"), ("down(", "DOWN(now", "down now"), ("c++", "C++ again", "cc"), ("[p1]", "[P1] till", "p")],
)
def test_configured_keywords_are_words_not_patterns(keyword: str, matching: str, other: str) -> None:
    assert said(matching, keyword) == [keyword]
    assert said(other, keyword) == []


def test_the_reason_quotes_the_sentence_of_the_keyword() -> None:
    [reason] = keyword_reasons("Hello. The till is down, urgent! Bye.", Rules(), NOON)

    assert reason.kind is ReasonKind.KEYWORD
    assert reason.words == "says “urgent”: The till is down, urgent!"
    assert reason.as_row()["keyword"] == "urgent"


def test_the_reason_keeps_a_very_long_sentence_short() -> None:
    [(_, sentence)] = keywords_in("urgent " + "x" * 5000, ["urgent"])

    assert len(sentence) == 200


def test_new_words_are_those_that_nobody_quoted() -> None:
    assert new_words("one\n> two\n  >three\nfour > five") == "one\nfour > five"


def test_the_subject_of_an_opening_message_is_judged() -> None:
    assert said(judged_words("Hello", "URGENT: till", "URGENT: till", opening=True)) == ["urgent"]


@pytest.mark.parametrize(
    "subject",
    [
        "URGENT: till",
        "Re: URGENT: till",
        "AW: Re: Fwd: urgent:  till",
        "RE : URGENT: TILL",
        "Re[2]: URGENT: till",
        "Antw: URGENT: till",
        "WG: URGENT: till",
        "回复：URGENT: till",
        "  fw:re:URGENT: till ",
    ],
)
def test_a_reply_is_not_urgent_because_its_case_was(subject: str) -> None:
    assert judged_words("Thanks", subject, "URGENT: till", opening=False) == "Thanks"


@pytest.mark.parametrize("subject", ["URGENT: printer", "Re: urgent", "Re: till URGENT"])
def test_a_reply_with_a_new_subject_is_judged_by_it(subject: str) -> None:
    assert said(judged_words("Hello", subject, "Till", opening=False)) == ["urgent"]


def test_a_message_without_a_subject_is_judged_by_its_text() -> None:
    assert judged_words("Hello", "", "URGENT: till", opening=False) == "Hello"


def test_the_topic_drops_only_what_mail_programs_put_before_it() -> None:
    assert topic("Re: AW: Fwd:  The  Till ") == "the till"
    assert topic("Regarding: the till") == "regarding: the till"


def test_exactly_48_hours_are_not_too_long() -> None:
    assert not overdue(NOON, None, NOON + AFTER, AFTER)


def test_a_microsecond_more_than_48_hours_is_too_long() -> None:
    assert overdue(NOON, None, NOON + AFTER + INSTANT, AFTER)


@pytest.mark.parametrize(("hours", "due"), [(-72, True), (0, True), (1, False)])
def test_the_clock_runs_from_the_later_of_last_message_and_restart(hours: int, due: bool) -> None:
    assert overdue(NOON, NOON + timedelta(hours=hours), NOON + AFTER + INSTANT, AFTER) is due


@pytest.mark.parametrize(("unanswered", "too_many"), [(1, False), (3, False), (4, True), (5, True)])
def test_the_fourth_message_is_one_too_many(unanswered: int, too_many: bool) -> None:
    assert too_many_followups(unanswered, Rules().followups) is too_many


@pytest.mark.parametrize(
    ("count", "word"),
    [(4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"), (21, "21st"), (22, "22nd"), (33, "33rd"), (111, "111th")],
)
def test_the_reason_counts_in_ordinals(count: int, word: str) -> None:
    [reason] = followup_reason(count, Rules(), NOON)

    assert reason.words == f"{word} message without an answer"


def test_three_messages_are_no_reason() -> None:
    assert followup_reason(3, Rules(), NOON) == []


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(0), "0 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(minutes=12), "12 min"),
        (timedelta(minutes=60), "1 h 00 min"),
        (timedelta(hours=48, minutes=3, seconds=59), "48 h 03 min"),
        (timedelta(days=10), "240 h 00 min"),
        (timedelta(seconds=-5), "0 s"),
    ],
)
def test_a_span_is_told_in_hours_and_minutes(length: timedelta, words: str) -> None:
    assert span(length) == words


@pytest.mark.parametrize(("customer", "turn"), [(True, "our turn"), (False, "the customer's turn")])
def test_a_waiting_case_says_whose_turn_it_is(customer: bool, turn: str) -> None:
    reason = waiting_reason(NOON, NOON + timedelta(hours=48, minutes=3), customer_spoke_last=customer)

    assert reason.words == f"waiting 48 h 03 min, {turn} to answer"
    assert reason.as_row()["since"] == NOON.isoformat()
