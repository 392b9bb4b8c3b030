"""Emoji in answers: a mail program knows no names, so the signs themselves are sent."""

import pytest

from bot.mail.emoji import with_emoji
from bot.mail.wording import markup, plain


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("Done :tada::white_check_mark:", "Done 🎉✅"),
        ("(:smile:)", "(😄)"),
        (":large_green_circle: all well", "🟢 all well"),
        (":+1: :+1::skin-tone-4: :point_up::skin-tone-2:", "👍 👍🏽 ☝🏻"),
        (":man-shrugging::skin-tone-3:", "🤷🏼\u200d♂️"),
        (":flag-de: :flag-jp: :fr: :uk:", "🇩🇪 🇯🇵 🇫🇷 🇬🇧"),
        (":heart: :email: :one: :sailboat:", "❤️ ✉️ 1️⃣ ⛵️"),
    ],
)
def test_a_name_becomes_its_sign(typed: str, sent: str) -> None:
    assert with_emoji(typed) == sent


@pytest.mark.parametrize(
    "typed",
    ["from 10:30:45 on", "see a:smile:", ":our_logo: and :parrot-party:", "std::vector::size", ":latin_small_letter_a:",
     "12:100:3", ": :", ":smile", ":flag-d:", ""],
)  # fmt: skip
def test_what_is_no_emojis_name_stays_as_it_was_typed(typed: str) -> None:
    assert with_emoji(typed) == typed


def test_an_answer_by_mail_bears_the_signs_and_its_code_does_not() -> None:
    typed = "*Thanks* :wave: `:wave:`\n```:tada:```\n<https://x.test/:smile:/|:smile:>"

    assert plain(typed) == "Thanks 👋 :wave:\n:tada:\n:smile: (https://x.test/:smile:/)"
    assert markup(typed).startswith("<b>Thanks</b> 👋 <code>:wave:</code><br>\n<pre>:tada:</pre>")
