"""HTML as its reader sees it: what stands below, beside and apart from what, and what is not seen at all."""

import pytest

from bot.mail.rendering import rendered

TABLE = "<table><tr><th>Item</th><th>Price</th></tr><tr><td>Box</td><td>3 EUR</td></tr></table>"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Hello   \n world", "Hello world"),
        ("<b>Hel</b>lo <i>world</i> !", "Hello world !"),
        ("one<br>two<br><br>three", "one\ntwo\n\nthree"),
        ("<div>one</div><div>two</div>three", "one\ntwo\nthree"),
        ("<p>one</p><p>two<p>three", "one\n\ntwo\n\nthree"),
        ("<p style='margin-top:0px;margin-bottom:0px'>one</p><p style='margin-top:0px'>two</p>", "one\ntwo"),
        ("<div style='margin-top:1em'>one</div><div style='margin-top:1em'>two</div>", "one\n\ntwo"),
        ("one<hr>two", "one\ntwo"),
        ("&lt;b&gt; &amp;amp; caf&eacute;&nbsp;", "<b> &amp; café"),
        ("<pre>one\n  two</pre>", "one\n  two"),
        ("<div style='white-space: pre-wrap'>one\n<b>two\n</b>three</div>", "one\ntwo\nthree"),
        ("<ul><li>one<li>two<ul><li>deep</ul><li></ul>", "* one\n* two\n+ deep\n*"),
        ("<ol><li>one</li><li value=7>two</li><li><p>three</p></li></ol>", "1. one\n7. two\n\n8. three"),
        (TABLE, "Item  Price\nBox  3 EUR"),
        ("Look:<table><tr><td>From<td>Ada<br>Lind</table>", "Look:\nFrom\nAda\nLind"),
        (f"<table><tr><td></td><td>{TABLE}</td></tr></table>after", "Item  Price\nBox  3 EUR\nafter"),
    ],
)
def test_it_stands_as_it_is_seen(markup: str, text: str) -> None:
    assert rendered(markup) == text


@pytest.mark.parametrize(
    "markup",
    [
        "<head><title>No</title><style>No</style></head>Yes",
        "<script>'<p>No</p>'</script>Yes",
        "<!-- No --><!-- <p>No</p> -->Yes<!--[if mso]>No<![endif]-->",
        "<![if !mso]>Yes<![endif]>",
        "<div style='color:red;display:none'><div>No</div>No</div>Yes",
        '<span style="DISPLAY : NONE">No</span>Yes',
        "<ul style='display:none'><li>No</ul>Yes",
        "<img alt='>No' src=\"data:image/png;base64," + "A" * 50_000 + '"/>Yes',
        "<!DOCTYPE html>Yes<style>No</style>",
        "<SCRIPT src=https://desk.test/>No</Script>Yes",
    ],
)
def test_what_is_not_seen_is_left_out(markup: str) -> None:
    assert rendered(markup) == "Yes"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("From: Ada <ada@desk.test>, <https://desk.test/a>", "From: Ada <ada@desk.test>, <https://desk.test/a>"),
        ("1 < 2 and <b 3", "1 < 2 and <b 3"),
        ("</div></table></td>Hello</p>", "Hello"),
        ("Hello <!-- there", "Hello there"),
        ("<head><title/></head><body>urgent</body>", "urgent"),
        ("<title></title><style type='text/css' /><script/>urgent", "urgent"),
        ("<head><title></head><body>urgent</body>", "urgent"),
        ("<script>ur<style>ge<title>nt", "urgent"),
        ("Hello <style>there <title>No</title>Ada", "Hello there Ada"),
        ("<div style='display:none'>Hello", "Hello"),
        ("<div style='display:none'>Hello</div>", "Hello"),
        ("<table><tr><td>one<div>two</table></div>three", "one\ntwo\nthree"),
        ("<table>" * 50 + "<tr><td>Hello</td></tr>" + "</table>" * 9 + "you", "Hello\n\nyou"),
        ("<div>" * 5_000 + "Hello" + "</div>" * 5_000 + "you", "Hello\nyou"),
    ],
)
def test_in_doubt_words_are_kept(markup: str, text: str) -> None:
    assert rendered(markup) == text


@pytest.mark.parametrize(
    ("number", "sign"),
    [("1" * 5_000, "\ufffd"), ("0" * 5_000, "\ufffd"), ("0" * 5_000 + "65", "A"), ("x" + "f" * 5_000, "\ufffd")],
    ids=["large", "zero", "padded", "hexadecimal"],
)
def test_a_sign_may_have_any_number(number: str, sign: str) -> None:
    assert rendered(f"<p>Help&#{number};&#33;</p>") == f"Help{sign}!"
