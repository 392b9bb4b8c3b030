"""Slack's marks on their way to people who never saw Slack."""

import pytest

from bot.mail.wording import WIDTH, flowed, markup, plain

TABLE = [
    ("plain words", "plain words", "plain words"),
    ("*bold* and _slanted_", "bold and slanted", "<b>bold</b> and <i>slanted</i>"),
    ("~not this~ that", "~not this~ that", "<s>not this</s> that"),
    ("snake_case_word, 2 * 3 * 4, *.py", "snake_case_word, 2 * 3 * 4, *.py", "snake_case_word, 2 * 3 * 4, *.py"),
    ("Fish &amp; chips &lt;3", "Fish & chips <3", "Fish &amp; chips &lt;3"),
    ("&amp;lt;", "&lt;", "&amp;lt;"),
    ("<https://a.example/x>", "https://a.example/x", '<a href="https://a.example/x">https://a.example/x</a>'),
    ("<https://a.example|here>", "here (https://a.example)", '<a href="https://a.example">here</a>'),
    ("<mailto:ada@desk.test|ada@desk.test>", "ada@desk.test", '<a href="mailto:ada@desk.test">ada@desk.test</a>'),
    ("See https://a.example/b_c_d.", "See https://a.example/b_c_d.",
     'See <a href="https://a.example/b_c_d">https://a.example/b_c_d</a>.'),
    ("<javascript:alert(1)|here>", "<javascript:alert(1)|here>", "&lt;javascript:alert(1)|here&gt;"),
    ('<https://a.example/"onclick=x|y>', 'y (https://a.example/"onclick=x)',
     '<a href="https://a.example/&quot;onclick=x">y</a>'),
    ("<script>alert(1)</script>", "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
    ("<@U123|ada> and <@U456>", "@ada and a colleague", "@ada and a colleague"),
    ("in <#C1|help>, <#C2>", "in #help, a channel", "in #help, a channel"),
    ("<!here> <!subteam^S1|@team> <!date^1700000000^{date}|in May>", "@here @team in May", "@here @team in May"),
    ("run `rm *x*` now", "run rm *x* now", "run <code>rm *x*</code> now"),
    ("*see <https://a.example|this>*", "see this (https://a.example)", '<b>see <a href="https://a.example">this</a></b>'),
    ("one\n\ntwo", "one\n\ntwo", "one<br>\n<br>\ntwo"),
    ("```\nif a &lt; b:\n  *go*\n```\nthen", "if a < b:\n  *go*\nthen", "<pre>if a &lt; b:\n  *go*</pre>then"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "as_text", "as_html"), TABLE)
def test_marks_become_words_or_markup(typed: str, as_text: str, as_html: str) -> None:
    assert plain(typed) == as_text
    assert markup(typed) == as_html


def test_quoted_lines_become_one_quote() -> None:
    assert plain("&gt; a\n&gt; b\nno") == "> a\n> b\nno"
    assert markup("&gt; a\n&gt; b\nno").count("<blockquote") == 1
    assert markup("&gt; a\n&gt; b\nno").endswith(">a<br>\nb</blockquote>no")


def test_long_lines_flow_and_can_be_joined_again() -> None:
    text = "word " * 60 + "end"

    lines = flowed(text).splitlines()

    assert len(lines) > 1
    assert all(len(line) <= WIDTH + 1 for line in lines)
    assert all(line.endswith(" ") for line in lines[:-1])
    assert "".join(lines) == text


def test_a_flowed_quote_keeps_its_mark_on_each_line() -> None:
    lines = flowed("> " + "word " * 40).splitlines()

    assert all(line.startswith("> word") for line in lines)


def test_what_a_server_or_reader_would_misread_is_set_off_by_a_space() -> None:
    assert flowed("From here\n  indented\nplain") == " From here\n   indented\nplain\n"


def test_what_has_no_spaces_is_never_broken() -> None:
    url = "https://example.com/" + "x" * 300

    assert flowed(f"See {url} there").splitlines() == ["See ", f"{url} ", "there"]
