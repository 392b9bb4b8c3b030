"""Replies in HTML alone: what each program declares as quoted never survives, and the answers between quotes do."""

import pytest

from bot.mail.parser import parse
from bot.mail.quoting import new_text
from tests.mail.samples import PHRASE, letter

OLD = f"<p>Hi,</p><div>{PHRASE}</div>"
# The headings are in a language that the tables do not know: the markup alone must do.
REPLIES = {
    "Gmail": "<div dir='ltr'>Thanks!</div><br><div class='gmail_quote gmail_quote_container'>"
    "<div dir='ltr' class='gmail_attr'>Ar 4 Feabh Ada:<br></div><blockquote class='gmail_quote' "
    f"style='margin:0px'>{OLD}</blockquote></div>",
    "Gmail, forwarded": f"<div>Thanks!</div><div class='gmail_quote'><div class='gmail_attr'>Seolta:</div>{OLD}</div>",
    "Apple Mail": f"<div>Thanks!</div><div><br><blockquote type='cite'><div>Ar 4 Feabh Ada:</div><br>{OLD}"
    "</blockquote></div>",
    "Thunderbird": f"<p>Thanks!</p><div class='moz-cite-prefix'>Ar 4 Feabh Ada:</div><blockquote type='cite' "
    f"cite='mid:1@desk.test'>{OLD}</blockquote>",
    "Thunderbird, forwarded": f"<p>Thanks!</p><div class='moz-forward-container'>"
    f"<table><tr><td>Ada</td></tr></table>{OLD}</div>",
    "Outlook on the web": "<div>Thanks!</div><div id='appendonsend'></div><hr tabindex='-1'>"
    f"<div id='divRplyFwdMsg' dir='ltr'><b>O:</b> Ada<br><b>Dáta:</b> 4 Feabh</div><div>{OLD}</div><p>{PHRASE}</p>",
    "Outlook on the web, quoted twice": f"<div>Thanks!</div><div id='x_divRplyFwdMsg'>O: Ada</div>{OLD}",
    "Outlook 2003": f"<p>Thanks!</p><div class=OutlookMessageHeader dir=ltr><b>O:</b> Ada</div>{OLD}",
    "Hotmail": f'<div>Thanks!</div><hr id="stopSpelling">O: Ada{OLD}',
    "Yahoo": f"<div>Thanks!</div><div id='yahoo_quoted_12' class='yahoo_quoted'><div>Ar 4 Feabh Ada:</div>{OLD}</div>",
    "Zoho": f"<div>Thanks!</div><div class='zmail_extra'><div>Ar 4 Feabh Ada</div><blockquote>{OLD}</blockquote></div>",
    "Proton": f"<div>Thanks!</div><div class='protonmail_quote'>Ar 4 Feabh Ada:<br><blockquote "
    f"class='protonmail_quote' type='cite'>{OLD}</blockquote></div>",
    "Tuta": f"<div>Thanks!</div><div class='tutanota_quote'>{OLD}</div>",
    "GMX": f"<div>Thanks!</div><div name='quote' style='border-left:2px solid #C3D9E5'>{OLD}</div>",
    "Mail.ru": f"<div>Thanks!</div><blockquote style='border-left:1px solid #0857A6; margin:10px'>{OLD}</blockquote>",
    "nested": f"<p>Thanks!</p><blockquote type=cite><blockquote type=cite>{OLD}</blockquote>{PHRASE}</blockquote>",
    "upper case": f"<P>Thanks!</P><BLOCKQUOTE TYPE=CITE>{OLD}</BLOCKQUOTE>",
    "never closed": f"<p>Thanks!</p><blockquote type=cite>{OLD}",
}


def text_of(html: str) -> str:
    return parse(letter(html).replace(b"text/plain", b"text/html")).text


@pytest.mark.parametrize("program", REPLIES)
def test_what_a_program_declares_as_quoted_goes(program: str) -> None:
    text = text_of(REPLIES[program])

    assert PHRASE in text
    assert new_text(text) == "Thanks!"


@pytest.mark.parametrize("program", ["Gmail", "Proton", "Zoho"])
def test_answers_between_the_quotes_are_kept(program: str) -> None:
    quote = "<blockquote class='gmail_quote' type='cite' style='border-left:1px solid'>{}</blockquote>"
    inside = quote.format(PHRASE) + "<div>Not yet.</div>" + quote.format("And now?") + "<div>Now it does.</div>"
    name = {"Gmail": "gmail_quote", "Proton": "protonmail_quote", "Zoho": "zmail_extra"}[program]

    text = new_text(text_of(f"<div class='{name}'><div>Ar 4 Feabh Ada:</div>{inside}</div>"))

    assert text.split() == ["Not", "yet.", "Now", "it", "does."]


@pytest.mark.parametrize(
    "html",
    [
        "<p>He said:</p><blockquote>Buy ink.</blockquote><p>It is urgent.</p>",
        "<div class='header'>Hello</div><div class='quotes-of-the-day'>It is urgent.</div>",
        "<div id='divRplyFwdMsg'>It is urgent.</div>",
        "<table><tr><td>Order</td><td>17</td></tr></table><p>It is urgent.</p>",
        "</div></blockquote></div><p>It is urgent.</p>",
    ],
)
def test_in_doubt_everything_is_kept(html: str) -> None:
    text = text_of(html)

    assert "It is urgent." in new_text(text)
    assert new_text(text) == text
