"""Slack's marks become HTML, and nothing else does."""

from datetime import date

import pytest

from bot.sandbox.mrkdwn import Reader
from bot.sandbox.shapes import Json

EYES = '<svg class="emoji" role="img" aria-label=":eyes:"><use href="/static/signs.svg#eyes"/></svg>'
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
        (":eyes: :no_such_thing: 10:30:45", f"{EYES} :no_such_thing: 10:30:45"),
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


@pytest.mark.parametrize(
    ("days", "shown"), [(-1, "Yesterday"), (0, "Today"), (1, "Tomorrow"), (2, "Jan 3, 1970"), (-2, "Dec 30, 1969")]
)
def test_pretty_dates_are_told_from_today(days: int, shown: str) -> None:
    reader = Reader({}, {}, date(1970, 1, 1))

    html = reader.mrkdwn(f"<!date^{days * 86400}^{{date_short_pretty}} {{date_num}}|then>")

    assert f">{shown} 19" in html


def rich(*words: Json, kind: str = "rich_text_section", **more: object) -> Json:
    return {"type": kind, "elements": list(words), **more}


def word(text: str, **style: bool) -> Json:
    return {"type": "text", "text": text, "style": style}


@pytest.mark.parametrize(
    ("part", "html"),
    [
        (rich(word("a <b>", bold=True), word("\nc", italic=True, strike=True)),
         '<div class="rich"><strong>a &lt;b&gt;</strong><s><em><br>c</em></s></div>'),
        (rich({"type": "user", "user_id": "U1"}, {"type": "broadcast", "range": "here"}),
         '<div class="rich"><span class="mention">@Ada &lt;b&gt;</span><span class="mention">@here</span></div>'),
        (rich({"type": "channel", "channel_id": "C1"}),
         '<div class="rich"><span class="mention">#support</span></div>'),
        (rich({"type": "link", "url": "https://a.test/", "text": "a"}), '<div class="rich"><a href="https://a.test/" '
         'rel="noopener noreferrer" target="_blank">a</a></div>'),
        (rich({"type": "link", "url": "javascript:x", "text": "a"}), '<div class="rich">&lt;javascript:x&gt;</div>'),
        (rich({"type": "emoji", "name": "eyes"}), f'<div class="rich">{EYES}</div>'),
        (rich({"type": "emoji", "name": "clap", "unicode": "1f44f-1f3fb"}),
         '<div class="rich"><span role="img" aria-label=":clap:">\U0001f44f\U0001f3fb</span></div>'),
        (rich({"type": "emoji", "name": "party<b>"}),
         '<div class="rich"><span class="shortcode">:party&lt;b&gt;:</span></div>'),
        (rich({"type": "date", "timestamp": 0, "format": "{date_num}"}), '<div class="rich"><time '
         'datetime="1970-01-01T00:00:00+00:00" title="1970-01-01 00:00 UTC">1970-01-01</time></div>'),
        (rich(word("x\ny"), kind="rich_text_preformatted"), "<pre>x\ny</pre>"),
        (rich(word("x\ny"), kind="rich_text_quote"), "<blockquote>x<br>y</blockquote>"),
        (rich(rich(word("one")), rich(word("two")), kind="rich_text_list", style="ordered", offset=2, indent=1),
         '<ol class="deep-1" start="3"><li>one</li><li>two</li></ol>'),
        (rich(rich(word("one")), kind="rich_text_list", style="bullet"), '<ul class="deep-0"><li>one</li></ul>'),
    ],
)  # fmt: skip
def test_rich_text_is_drawn(part: Json, html: str) -> None:
    assert READER.rich([part]) == html


@pytest.mark.parametrize("part", [{"type": "rich_text_hologram"}, rich({"type": "hologram"})])
def test_unknown_rich_text_is_shown_loudly(part: Json) -> None:
    html = str(READER.rich([part]))

    assert 'class="unknown"' in html
    assert "hologram" in html
