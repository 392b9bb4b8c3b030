"""Slack's marks become HTML, and nothing else does."""

import pytest

from bot.sandbox.mrkdwn import Reader

READER = Reader({"U1": "Ada <b>"}, {"C1": "support"})


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* _italic_ ~gone~", "<strong>bold</strong> <em>italic</em> <s>gone</s>"),
        ("2*3*4 snake_case_name", "2*3*4 snake_case_name"),
        ("`*code* &lt;b&gt;`", "<code>*code* &lt;b&gt;</code>"),
        ("```\na\n  b\n```", "<pre>a\n  b</pre>"),
        ("&gt; quoted\nplain", "<blockquote>quoted</blockquote>plain"),
        ("a\nb", "a<br>b"),
        (":eyes: :no_such_thing:", "👀 :no_such_thing:"),
        ("<@U1> <@U9|zoe> <#C1>", '<span class="mention">@Ada &lt;b&gt;</span> <span class="mention">@zoe</span> '
         '<span class="mention">#support</span>'),
        ("<!channel>", '<span class="mention">@channel</span>'),
        ("<!date^0^{date_num} {time}|then>", '<time datetime="1970-01-01T00:00:00+00:00" title="then">'
         '1970-01-01 00:00</time>'),
        ("<!date^x^{date}|then>", "then"),
        ("<https://a.test/?x=1&amp;y=2|a *b*>", '<a href="https://a.test/?x=1&amp;y=2" rel="noopener noreferrer" '
         'target="_blank">a *b*</a>'),
    ],
)  # fmt: skip
def test_marks_are_drawn(text: str, html: str) -> None:
    assert READER.mrkdwn(text) == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&amp;lt;script&amp;gt;",
        "<javascript:alert(1)|click>",
        "<https://a.test/\" onmouseover=\"alert(1)|x>",
        "`<img src=x onerror=alert(1)>`",
        "*<img src=x onerror=alert(1)>*",
        "\ue0000\ue001<@U1>\ue0005\ue001",
        "<!date^1^<b>{date}</b>|<i>>",
    ],
)  # fmt: skip
def test_hostile_text_stays_text(text: str) -> None:
    html = str(READER.mrkdwn(text)) + str(READER.plain(text))

    assert "<script" not in html
    assert "<img" not in html
    assert "<b>" not in html
    assert "javascript:" not in html.replace("&lt;javascript:", "")
    assert '" onmouseover' not in html


def test_rich_text_is_drawn() -> None:
    words = {"type": "text", "text": "a <b>", "style": {"bold": True}}
    user = {"type": "user", "user_id": "U1"}
    part = {"type": "rich_text_list", "elements": [{"type": "rich_text_section", "elements": [words, user]}]}

    assert READER.rich([part]) == (
        '<ul><li><strong>a &lt;b&gt;</strong><span class="mention">@Ada &lt;b&gt;</span></li></ul>'
    )
