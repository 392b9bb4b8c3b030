"""What is new in a reply: the sender's words, never those he answers."""

import pytest

from bot.mail.parser import parse
from bot.mail.quoting import new_text
from tests.mail.samples import PHRASE, letter, sample

REPLIES = {
    "Gmail": "Thanks!\n\nOn Tue, Feb 4, 2025 at 10:00 AM Ada Admin <ada@desk.test>\nwrote:\n\n> {phrase}\n>\n",
    "Gmail, German": "Thanks!\n\nAm Di., 4. Feb. 2025 um 10:00 Uhr schrieb Ada <\nada@desk.test>:\n\n> {phrase}\n",
    "Gmail, French": "Thanks!\n\nLe mar. 4 févr. 2025 à 10:00, Ada <ada@desk.test> a\nécrit :\n\n> {phrase}\n",
    "Gmail, Portuguese": "Thanks!\n\nter., 4 de fev. de 2025 às 10:00, Ada <ada@desk.test> escreveu:\n\n> {phrase}\n",
    "Gmail, unmarked": "Thanks!\n\nOn Tue, Feb 4, 2025 at 10:00 AM Ada <ada@desk.test> wrote:\n\n{phrase}\n",
    "Outlook": "Thanks!\n\n________________________________\nFrom: Ada Admin\nSent: Tuesday, February 4, 2025 10:00\n"
    "To: Carla\nSubject: RE: x\n\n{phrase}\n",
    "Outlook, bold": "Thanks!\n\n*From:* Ada <ada@desk.test>\n*Sent:* Tuesday, 4 February 2025 10:00\n*To:* Carla\n"
    "*Subject:* x\n\n{phrase}",
    "Outlook, German": "Thanks!\n\nVon: Ada <ada@desk.test>\nGesendet: Dienstag, 4. Februar 2025 10:00\nAn: Carla\n"
    "Betreff: AW: x\n\n{phrase}\n",
    "Outlook, French": "Thanks!\n\nDe : Ada Admin\nEnvoyé : mardi 4 février 2025 10:00\nÀ : Carla\n"
    "Objet : RE: x\n\n{phrase}\n",
    "Outlook, old": "Thanks!\n\n-----Ursprüngliche Nachricht-----\nVon: Ada\n\n{phrase}\n",
    "Apple Mail": "Thanks!\n\n> On 4 Feb 2025, at 10:00, Ada <ada@desk.test> wrote:\n> \n> {phrase}\n",
    "Apple Mail, German": "Thanks!\n\nAm 04.02.2025 um 10:00 schrieb Ada <ada@desk.test>:\n\n{phrase}\n",
    "Apple Mail, French": "Thanks!\n\nLe 4 févr. 2025 à 10:00, Ada <ada@desk.test> a écrit :\n\n{phrase}\n",
    "nested": "Thanks!\n>> {phrase}\n> and so on\n",
    "signed": "Thanks!\n-- \nCarla\n{phrase}\n",
}


@pytest.mark.parametrize("program", REPLIES)
def test_quoted_words_do_not_survive(program: str) -> None:
    assert new_text(REPLIES[program].format(phrase=PHRASE)) == "Thanks!"


def test_answers_between_quoted_lines_are_all_kept() -> None:
    text = "On 4 Feb 2025 at 10:00 Ada <ada@desk.test> wrote:\n> one?\n\nYes.\n\n> two?\nNo.\n-- \nCarla\n"

    assert new_text(text) == "Yes.\n\nNo."


@pytest.mark.parametrize(
    "text",
    [
        "Details:\n\nFrom: Berlin\nTo: Munich\nDate: 5 May\n\nIt is urgent.",
        "On 5 May the server wrote:\nerror 5\nIt is urgent.",
        "Data: 5 GB\nDo: nothing\nIt is urgent.",
        "Take this:\n/usr/bin/printer fails.\nTak\nIt is urgent.",
        "First point\n--\nSecond point" + "\nIt is urgent." * 20,
        "-----",
    ],
)
def test_in_doubt_everything_is_kept(text: str) -> None:
    assert new_text(text) == text


@pytest.mark.parametrize("text", ["> all of it\n> quoted", "", "\n\n"])
def test_a_text_without_words_of_its_own_is_empty(text: str) -> None:
    assert new_text(text) == ""


def test_a_quote_in_html_is_known_as_one() -> None:
    html = f"<p>Thanks!</p><blockquote type='cite'><p>Hi</p><div>{PHRASE}</div></blockquote><p>Carla</p>"

    text = parse(letter(html).replace(b"text/plain", b"text/html")).text

    assert f"> {PHRASE}" in text
    assert new_text(text).split() == ["Thanks!", "Carla"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("reply_gmail", "The self-test page is blank too."),
        ("reply_outlook", "Thanks, the corrected invoice has arrived.\n\nCosmo"),
        ("reply_german", "Vielen Dank, jetzt läuft er wieder."),
        ("customer_quotes_phrase", "Please don't, the new print head does not fit."),
        ("admin_closes", "A new print head is on its way to you. I’m closing this case."),
    ],
)
def test_the_samples_keep_only_what_is_new(name: str, words: str) -> None:
    assert new_text(parse(sample(name)).text) == words
