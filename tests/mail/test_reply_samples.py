"""Replies in fourteen languages: only the new words are left, whatever stands below them."""

import html

import pytest

from bot.mail.parser import parse
from bot.mail.quoting import new_text
from tests.mail.reply_samples import ADA, ADVERTS, FIELDS, TELEPHONES
from tests.mail.samples import PHRASE

NEW = "It still prints nothing.\nÇa n'imprime pas. まだ印刷できません。"
QUOTED = f"Hello Carla,\n\n{PHRASE}\n\nKind regards\nAda"


def marked(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


@pytest.mark.parametrize("program", FIELDS)
@pytest.mark.parametrize("below", [QUOTED, marked(QUOTED)], ids=["plain", "marked"])
def test_a_quoted_header_and_what_follows_go(program: str, below: str) -> None:
    assert new_text(f"{NEW}\n\n{FIELDS[program]}\n\n{below}\n") == NEW


def test_fields_that_bear_marks_themselves_go() -> None:
    """Becky and other Japanese programs mark the quoted mail from its header on."""
    fields = f"> From: {ADA}\n> Date: Tue, 4 Feb 2025 10:00:00 +0900"

    said = new_text(f"{NEW}\n\n----- Original Message -----\n{fields}\n{marked(QUOTED)}\n\nThanks")

    assert said.split() == [*NEW.split(), "Thanks"]


@pytest.mark.parametrize("program", FIELDS)
def test_the_same_in_html(program: str) -> None:
    """Outlook sets the names in bold and draws a line above; other programs put line breaks between."""
    lines = [html.escape(line) for line in FIELDS[program].splitlines() if not line.startswith("____")]
    bold = [f"<b>{name}:</b>{value}" if value else name for name, _, value in (line.partition(":") for line in lines)]
    words = "".join(f"<p class=MsoNormal>{line}</p>" for line in NEW.splitlines())
    quoted = "".join(f"<p class=MsoNormal>{line}</p>" for line in QUOTED.splitlines())
    page = (
        f"<html><body><div class=WordSection1>{words}<p>&nbsp;</p>"
        "<div style='border:none;border-top:solid #E1E1E1 1.0pt'>"
        f"<p class=MsoNormal>{'<br>'.join(bold)}</p></div><p>&nbsp;</p>{quoted}</div></body></html>"
    )
    mail = parse(f"From: c@x.test\nContent-Type: text/html; charset=utf-8\n\n{page}".encode())

    said = new_text(mail.text)

    assert said.split() == NEW.split()


@pytest.mark.parametrize("program", TELEPHONES)
def test_a_telephones_reply(program: str) -> None:
    advert, heading = TELEPHONES[program]
    heading = heading.format(ada=ADA)

    assert new_text(f"{NEW}\n\n{advert}\n\n{heading}\n\n{marked(QUOTED)}\n") == NEW
    assert new_text(f"{NEW}\n\n{advert}\n\n> {heading}\n> \n{marked(QUOTED)}\n") == NEW
    assert new_text(f"{NEW}\n\n{heading}\n\n{QUOTED}\n") == NEW


@pytest.mark.parametrize("advert", ADVERTS)
def test_an_advert_goes(advert: str) -> None:
    assert new_text(f"{NEW}\n\n{advert}\n") == NEW
    assert new_text(f"{NEW}\n\n{advert}\n\n{FIELDS['German, new Outlook']}\n\n{QUOTED}") == NEW
