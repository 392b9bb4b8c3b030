"""The page's mailbox: writing, forging, attaching, answering, and reading what came back."""

import httpx
import pytest

from bot.sandbox.page_letters import conversations, read_letter
from bot.sandbox.server import Sandbox

LETTER = {"as": "U0CARLA", "subject": "Help", "text": "It is broken."}


def mail_pane(browser: httpx.Client, person: str, box: str) -> str:
    html = browser.get("/", params={"as": person, "box": box}).text
    return html[html.index('id="mailbox"') : html.index('id="story"')]


def test_a_forged_mail_is_marked_and_a_true_one_is_not(sandbox: Sandbox, browser: httpx.Client) -> None:
    browser.post("/sandbox/mail", data={**LETTER, "verified": "yes"})
    browser.post("/sandbox/mail", data=LETTER)

    html = mail_pane(browser, "U0ADA", "desk")

    assert [b"dmarc=pass" in raw for _, raw in sandbox.mailbox.stored()] == [True, False]
    assert html.count("It is broken.") == 2
    assert html.count("sender not verified") == 1
    assert "It is broken." not in mail_pane(browser, "U0COSMO", "own")


def test_an_answer_stands_with_what_it_answers(sandbox: Sandbox, browser: httpx.Client) -> None:
    question = sandbox.mailbox.send("Carla <carla@customer.test>", "Help", "It is broken.")
    form = {"as": "U0ADA", "subject": "Re: Help", "text": "Restart it.", "verified": "yes"}

    browser.post("/sandbox/mail", data={**form, "in_reply_to": question["Message-ID"]})

    assert sandbox.mailbox.stored()[-1][1].count(str(question["Message-ID"]).encode()) == 2
    html = mail_pane(browser, "U0ADA", "desk")
    assert html.count('class="talk"') == 1
    assert html.index("It is broken.") < html.index("Restart it.")


def test_attachments_arrive_whole(sandbox: Sandbox, browser: httpx.Client) -> None:
    files = [
        ("attachments", ("photo.png", b"\x89PNG" * 600, "image/png")),
        ("attachments", ("x.eml", b"a", "message/rfc822")),
    ]

    browser.post("/sandbox/mail", data=LETTER, files=files)

    [(_, raw)] = sandbox.mailbox.stored()
    assert read_letter(raw).attachments == (("photo.png", 2400), ("x.eml", 1))
    assert "2 kB" in mail_pane(browser, "U0CARLA", "own")


def test_an_empty_mail_and_a_heavy_one_are_refused(sandbox: Sandbox, browser: httpx.Client) -> None:
    empty = browser.post("/sandbox/mail", data={**LETTER, "text": " "})
    heavy = browser.post("/sandbox/mail", data=LETTER, files={"attachments": ("big", b"x" * 10_000_001)})

    assert (empty.status_code, heavy.status_code) == (400, 400)
    assert "write some words" in empty.text
    assert "10 MB" in heavy.text
    assert sandbox.mailbox.stored() == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"From: " + b"(" * 5000 + b"\n\nhello",
        b"Subject: =?utf-8?q?=ff?= =?no-such?b?!!?=\nContent-Type: text/plain; charset=no-such\n\n\xe4",
        b"Content-Type: " + b";" * 30_000 + b"\n\nhello",
        b"Date: 99 Foo 0000\nReferences: " + b"<a@b> " * 5000 + b"\n\nhello",
        b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(500)),
    ],
)
def test_odd_mail_is_shown_somehow(raw: bytes) -> None:
    letter = read_letter(raw)

    assert letter.subject
    assert conversations([letter, letter])[0].newest == letter


def test_conversations_follow_references_and_not_subjects() -> None:
    def letter(name: str, *references: str, at: int) -> bytes:
        known = " ".join(references)
        return f"Subject: Help\nDate: 01 Jan 2026 0{at}:00 +0000\nMessage-ID: {name}\nReferences: {known}\n\n".encode()

    raws = [letter("<c>", "<a>", "<b>", at=3), letter("<a>", at=1), letter("<x>", at=2), letter("<b>", "<a>", at=4)]

    found = conversations(map(read_letter, raws))

    assert [[one.message_id for one in talk.letters] for talk in found] == [["<a>", "<c>", "<b>"], ["<x>"]]
