"""Real mails of other projects, read in place: none raises, and what their makers expect holds."""

import json
from contextlib import suppress
from pathlib import Path

import pytest

from bench.corpus import Score, score
from bench.corpus_claims import REPLY
from bench.corpus_readers import read_as_casebot
from bot.mail.parser import UnreadableMail, parse
from bot.mail.quoting import new_text
from bot.mail.trust import verdict
from tests.services import corpus


def mails() -> list[Path]:
    """Every mail of the corpus."""
    [index] = corpus.index()
    lines = index.read_text(encoding="utf-8").splitlines()
    return [index.parent / json.loads(line)["path"] for line in lines]


@pytest.mark.needs("corpus")
def test_no_real_mail_raises() -> None:
    for path in mails():
        with suppress(UnreadableMail):
            mail = parse(path.read_bytes())
            new_text(mail.text).encode()
            verdict(mail.from_values, mail.authentication_results, {"mx.google.com"})


@pytest.fixture(scope="module")
def judged() -> Score:
    return score(read_as_casebot)


@pytest.mark.needs("corpus")
def test_no_exception_escapes_and_nothing_is_refused(judged: Score) -> None:
    assert (judged.escaped, judged.refused) == ([], [])


@pytest.mark.needs("corpus")
def test_no_ordinary_mail_is_taken_for_a_bounce(judged: Score) -> None:
    assert judged.false_alarms == []


@pytest.mark.needs("corpus")
@pytest.mark.parametrize(
    ("keys", "at_least"),
    [
        (REPLY, 0.95),
        (("is_bounce",), 0.99),
        (("failed_recipients",), 0.95),
        (("bounce",), 0.85),
        (("is_auto_reply", "is_feedback_report"), 1.0),
        (("from_addr", "to_addr", "message_id", "references", "text_body", "attachment_count"), 0.95),
    ],
)
def test_what_the_corpus_expects_holds(judged: Score, keys: tuple[str, ...], at_least: float) -> None:
    held, asked = judged.share(None, keys)

    assert held >= at_least * asked, judged.misses


@pytest.mark.needs("corpus")
def test_every_authentication_result_that_stands_in_its_field_is_read(judged: Score) -> None:
    held, asked = judged.share(None, ("auth",))

    assert held == asked - judged.unstated["auth"]
    assert judged.unstated["auth"] < asked / 2
