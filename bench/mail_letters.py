"""The mixed mails of the mail benchmarks: what a support mailbox gets, the same on every machine.

Of a hundred mails 40 begin a customer's story, 38 answer or go on, 8 carry a picture or a paper, 4 are HTML alone,
3 a robot's, 2 a mail server's report, 3 come twice, 2 are urgent. They are 20 kB on average, most of them far smaller.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from email.message import EmailMessage

_WORDS = re.findall(
    r"\w+",
    "account address again amount answer arrived battery because before bill blue box broken call cannot card change "
    "charge check colour could customer damaged date day deliver delivery discount does door each email error every "
    "expected file first form found friend garden good green happen help house invoice issue item kind label large "
    "later letter like link little login long look machine mail maybe message missing money month morning need never "
    "new nothing number office old online open order other package page paid paper part password pay payment people "
    "phone picture place please price printer problem product question quick receipt received refund repair reply "
    "return right said screen second seems send sent service shipping shop should since size small something still "
    "street support sure system table thank thing though time today told tracking twice until update used version "
    "wait want warranty week went when window without work wrong year yesterday",
)
_NAMES = ("Ada Lind", "Björn Åkesson", "Carla Núñez", "Dmitri Орлов", "Eve Müller", "Finn O'Hara", "花子", "Gita Rao")
SUPPORT = "support@example.test"


def mixed_mails(count: int, seed: int = 7) -> Iterator[bytes]:
    """Yield the mails in the order in which they arrive."""
    chance = random.Random(seed)
    writer = _Writer(chance)
    before = b""
    for number in range(count):
        kind = _KINDS[chance.randrange(len(_KINDS))] if number else _fresh
        before = before if kind is None else kind(writer, number).as_bytes()
        yield before


class _Writer:
    """Remembers who wrote what, so that later mails can go on with it."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.threads: list[tuple[str, str, str, str]] = []

    def prose(self, sentences: int) -> str:
        """Return paragraphs of ordinary words."""
        lines = [" ".join(self.chance.choices(_WORDS, k=self.chance.randint(6, 18))) for _ in range(sentences)]
        return "\n".join(f"{line.capitalize()}." for line in lines)

    def letter(self, number: int, sender: str, name: str, subject: str, text: str) -> EmailMessage:
        """Return a mail with the header that ordinary servers give it."""
        mail = EmailMessage()
        for hop in range(3):
            mail["Received"] = (
                f"from mx{hop}.example.net (mx{hop}.example.net [192.0.2.{hop + 1}]) by relay{hop}.example.org with "
                f"ESMTPS id {number:08x}{hop} for <{SUPPORT}>; Mon, 02 Mar 2026 09:0{hop}:00 +0000"
            )
        domain = sender.rpartition("@")[2]
        mail["Authentication-Results"] = (
            f"mx.example.test; dkim=pass header.d={domain}; spf=pass smtp.mailfrom={sender}; "
            f"dmarc=pass header.from={domain}"
        )
        mail["DKIM-Signature"] = (
            f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s=s1; h=from:to:subject; "
            f"bh={'Zm9v' * 11}; b={'YmFy' * 60}"
        )
        mail["From"] = f'"{name}" <{sender}>' if name.isascii() else f"{name} <{sender}>"
        mail["To"] = f"Support <{SUPPORT}>"
        mail["Subject"] = subject
        mail["Date"] = "Mon, 02 Mar 2026 09:00:00 +0000"
        mail["Message-ID"] = f"<{number}.bench@{domain}>"
        mail.set_content(text)
        return mail


def _fresh(writer: _Writer, number: int) -> EmailMessage:
    name = writer.chance.choice(_NAMES)
    sender, subject = f"customer{number}@customers.example", f"{writer.prose(1)[:60]} ({number})"
    text = f"Hello,\n\n{writer.prose(writer.chance.randint(3, 14))}\n\nKind regards\n{name}"
    mail = writer.letter(number, sender, name, subject, text)
    if number % 2:
        paragraphs = "".join(f"<p>{line}</p>" for line in text.splitlines())
        mail.add_alternative(f"<html><body>{paragraphs}</body></html>", subtype="html")
    writer.threads.append((sender, name, subject, str(mail["Message-ID"])))
    return mail


def _further(writer: _Writer, number: int) -> EmailMessage:
    sender, name, subject, earlier = writer.chance.choice(writer.threads)
    quoted = "\n".join(f"> {line}" for line in writer.prose(writer.chance.randint(4, 20)).splitlines())
    text = (
        f"{writer.prose(writer.chance.randint(1, 6))}\n\nOn Mon, 2 Mar 2026 at 09:00, Support <{SUPPORT}> wrote:\n"
        f"{quoted}\n\n-- \n{name}\nPhone 555 01 {number}"
    )
    mail = writer.letter(number, sender, name, f"Re: {subject}", text)
    mail["In-Reply-To"] = earlier
    mail["References"] = earlier
    return mail


def _with_file(writer: _Writer, number: int) -> EmailMessage:
    mail = _further(writer, number)
    size = writer.chance.choice((30_000, 80_000, 200_000, 400_000))
    if number % 2:
        mail.add_attachment(
            writer.chance.randbytes(size), maintype="image", subtype="jpeg", filename=f"photo {number}.jpg"
        )
    else:
        mail.add_attachment(
            writer.prose(size // 90).encode(), maintype="application", subtype="pdf", filename="bill.pdf"
        )
    return mail


def _markup_only(writer: _Writer, number: int) -> EmailMessage:
    mail = _fresh(writer, number)
    rows = "".join(f"<tr><td style='color:#333'>{line}</td></tr>" for line in writer.prose(60).splitlines())
    mail.clear_content()
    mail.set_content(
        f"<html><head><style>td{{padding:4px}}</style></head><body><table>{rows}</table></body></html>", subtype="html"
    )
    return mail


def _robot(writer: _Writer, number: int) -> EmailMessage:
    mail = _further(writer, number)
    mail["Auto-Submitted"] = "auto-replied"
    return mail


def _report(writer: _Writer, number: int) -> EmailMessage:
    mail = writer.letter(number, "mailer-daemon@customers.example", "Mail Delivery System", "Undelivered Mail", "")
    mail.clear_content()
    mail.set_content(
        "I'm sorry to have to inform you that your message could not be delivered.\n\n<a@b.example>: unknown user"
    )
    mail["X-Failed-Recipients"] = "a@b.example"
    mail["Auto-Submitted"] = "auto-replied"
    return mail


def _urgent(writer: _Writer, number: int) -> EmailMessage:
    mail = _fresh(writer, number)
    mail.clear_content()
    mail.set_content(f"This is urgent! {writer.prose(3)}")
    return mail


_SHARES = (
    (_fresh, 40),
    (_further, 38),
    (_with_file, 8),
    (_markup_only, 4),
    (_robot, 3),
    (_report, 2),
    (None, 3),
    (_urgent, 2),
)
_KINDS = [kind for kind, share in _SHARES for _ in range(share)]
