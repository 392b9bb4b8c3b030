"""The same watcher on the sandbox's mailbox, which speaks IMAP by another hand."""

from collections.abc import Iterator

import pytest

from bot.db import Database
from bot.mail.watcher import Condition
from bot.sandbox.server import Sandbox
from tests.mail.post import Post
from tests.mail.samples import PHRASE
from tests.services.process import wait_until

pytestmark = pytest.mark.one_database


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def post(sandbox: Sandbox, database: Database) -> Iterator[Post]:
    mail = {name: value for name, value in sandbox.environment().items() if name.startswith("IMAP_")}
    world = Post(database, mail)
    yield world
    world.close()


def test_a_mail_is_heard_at_once(sandbox: Sandbox, post: Post) -> None:
    with post.watching() as watcher:
        wait_until(lambda: watcher.state.condition is Condition.RUNNING, "the first pass")
        sandbox.mailbox.send("Carla <carla@example.test>", "Help", "The printer is broken.")
        wait_until(lambda: post.states() == ["opened"], "the case", seconds=10)


def test_an_admin_closes_by_mail_and_a_forger_does_not(sandbox: Sandbox, post: Post) -> None:
    first = sandbox.mailbox.send("Carla <carla@example.test>", "Help", "The printer is broken.")
    about = str(first["Message-ID"])
    sandbox.mailbox.send("Ada <ada@desk.test>", "Re: Help", PHRASE, verified=False, in_reply_to=about)
    post.collect()
    assert [case.status for case in post.cases()] == ["open"]

    sandbox.mailbox.send("Ada <ada@desk.test>", "Re: Help", PHRASE, in_reply_to=about)
    post.collect()

    assert [case.status for case in post.cases()] == ["closed"]
    assert post.states() == ["opened", "admin", "admin"]


def test_a_mailbox_that_is_away_is_waited_for(sandbox: Sandbox, post: Post) -> None:
    sandbox.pause_mailbox()
    with post.watching() as watcher:
        wait_until(lambda: watcher.state.condition is Condition.FAILING, "the absence to be noticed")
        assert watcher.problem.startswith("mailbox unreachable")
        sandbox.mailbox.send("Carla <carla@example.test>", "Help", "The printer is broken.")
        sandbox.resume_mailbox()
        wait_until(lambda: post.states() == ["opened"], "the mail that came meanwhile")
