"""Real mails of other projects, read in place: none raises, none takes long."""

import json
import time
from contextlib import suppress
from pathlib import Path

import pytest

from bot.mail.parser import UnreadableMail, parse
from bot.mail.quoting import new_text
from bot.mail.trust import verdict
from tests.services import corpus

MOST_SECONDS = 2.0


def mails() -> list[Path]:
    """Every mail of the corpus."""
    [index] = corpus.index()
    lines = index.read_text(encoding="utf-8").splitlines()
    return [index.parent / json.loads(line)["path"] for line in lines]


@pytest.mark.needs("corpus")
def test_no_real_mail_raises_or_takes_long() -> None:
    for path in mails():
        started = time.process_time()
        with suppress(UnreadableMail):
            mail = parse(path.read_bytes())
            new_text(mail.text).encode()
            verdict(mail.from_values, mail.authentication_results, {"mx.google.com"})
        assert time.process_time() - started < MOST_SECONDS, path
