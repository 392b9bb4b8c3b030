"""The commands of the mail room, as somebody types them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.clock import SystemClock
from bot.wiring import open_desk
from tests.mail.post import Post
from tests.mail.samples import environment, letter, settings
from tests.services.dovecot import Dovecot

Command = Callable[..., Result]


@pytest.fixture
def post(dovecot: Dovecot, tmp_path: Path) -> Iterator[Post]:
    desk = open_desk(settings(DATABASE_URL=f"sqlite:///{tmp_path}/cases.db"), SystemClock())
    world = Post(desk.database, dovecot.environment())
    yield world
    world.close()
    desk.database.close()


@pytest.fixture
def casebot(dovecot: Dovecot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    before = structlog.get_config()
    given = environment(**dovecot.environment()) | {
        "DATABASE_URL": f"sqlite:///{tmp_path}/cases.db",
        "LOG_LEVEL": "CRITICAL",
    }

    def run(*words: str, **more: str) -> Result:
        with monkeypatch.context() as shell:
            for name, text in (given | more).items():
                shell.setenv(name, text)
            return CliRunner().invoke(app, words, catch_exceptions=False)

    yield run
    structlog.configure(**before)


def test_reconcile_tells_by_its_exit_whether_all_is_well(post: Post, dovecot: Dovecot, casebot: Command) -> None:
    dovecot.deliver(letter())
    post.collect()
    well = casebot("reconcile")
    dovecot.deliver(letter(message_id="<m2@example.com>"))
    missing = casebot("reconcile")

    assert (well.exit_code, well.stdout) == (0, "INBOX: server 1 · ledger 1 · unaccounted 0\n")
    assert missing.exit_code == 1
    assert missing.stdout.startswith("INBOX: server 2 · ledger 1 · unaccounted 1\n  Not taken in yet")


def test_reconcile_says_in_a_line_what_is_wrong_with_the_mailbox(post: Post, casebot: Command) -> None:
    refused, off = casebot("reconcile", IMAP_PASSWORD="wrong"), casebot("reconcile", IMAP_SERVER="")

    assert (refused.exit_code, off.exit_code) == (2, 2)
    assert refused.stderr.startswith("mailbox login refused: ")
    assert refused.stderr.endswith("(check IMAP_EMAIL and IMAP_PASSWORD)\n")
    assert off.stderr.endswith("Mail is off: set IMAP_SERVER.\n")


def test_a_mail_in_quarantine_is_listed_tried_again_and_opened(post: Post, dovecot: Dovecot, casebot: Command) -> None:
    post.begin_again(max_mail_size="2000")
    dovecot.deliver(letter("x" * 5_000))
    post.collect()
    key = f"INBOX/{dovecot.uidvalidity}/1"

    listed = casebot("quarantine", "list")
    retried = casebot("quarantine", "retry", key, MAX_MAIL_SIZE="3000")
    opened = [casebot("quarantine", "open", key) for _ in range(2)]
    wrong = casebot("quarantine", "open", "1")

    assert listed.stdout.startswith(f"{key}  ")
    assert "“Question”: it is larger than MAX_MAIL_SIZE" in listed.stdout
    assert (retried.exit_code, "still larger" in retried.stderr) == (2, True)
    assert [(one.exit_code, one.stdout) for one in opened] == [(0, f"{key}: opened CASE-1\n")] * 2
    assert (wrong.exit_code, "INBOX/1700000000/42" in wrong.stderr) == (2, True)


def test_replay_counts_what_would_differ(post: Post, dovecot: Dovecot, casebot: Command) -> None:
    dovecot.deliver_many([letter(), letter(message_id="<m2@example.com>")])
    post.collect()

    same = casebot("replay")
    listed = casebot("replay", "--since", "24h", ADMIN_EMAILS="carla@example.com")
    wrong = casebot("replay", "--since", "yesterday")

    assert same.stdout == "2 mails read again, 0 would differ.\n"
    assert "(CASE-1)\n  state: opened → admin\n" in listed.stdout
    assert listed.stdout.endswith("2 mails read again, 2 would differ.\n")
    assert wrong.exit_code == 2
