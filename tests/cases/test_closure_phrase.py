"""The closure phrase: what closes a case, and what only looks like it."""

import pytest

from bot.cases.rules import DEFAULT_CLOSURE_PHRASES, closes


@pytest.mark.parametrize(
    "text",
    [
        "I'm closing this case.",
        "I’m closing this case.",
        "I‘m closing this case.",
        "Iʼm closing this case.",
        "I´m closing this case.",
        "I`m closing this case.",
        "I'M CLOSING THIS CASE.",
        "i'm Closing this Case.",
        "I'm  closing\tthis   case.",
        "I'm\u00a0closing\u202fthis\u2003case.",
        "I'm closing\nthis case.",
        "I'm closing\r\n  this case.",
        "Glad it works. I'm closing this case. Have a good day!",
        "> is it solved?\nYes. I'm closing this case.",
        "*I'm closing this case.*",
        "\ufeffI'm closing this case.",
    ],
)
def test_the_phrase_closes_in_any_case_apostrophe_and_white_space(text: str) -> None:
    assert closes(text, DEFAULT_CLOSURE_PHRASES)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I'm closing this case",
        "I am closing this case.",
        "I'm not closing this case.",
        "Im closing this case.",
        "I'm closing this suitcase.",
        "> I'm closing this case.",
        "Why did you write\n> I'm closing this case.\nwhen nothing works?",
        ">> I'm closing\n>> this case.",
        "  > I’m closing this case.",
    ],
)
def test_anything_else_closes_nothing(text: str) -> None:
    assert not closes(text, DEFAULT_CLOSURE_PHRASES)


def test_any_configured_phrase_closes() -> None:
    phrases = ("Case closed!", "Ich schließe den Fall.")

    assert closes("ICH SCHLIESSE  den Fall.", phrases)
    assert closes("So: case closed!", phrases)
    assert not closes("I'm closing this case.", phrases)


def test_a_configured_phrase_is_no_pattern() -> None:
    assert not closes("donexx", ("done..",))
    assert closes("done..", ("done..",))
