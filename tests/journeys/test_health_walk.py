"""A walk through what can break while a desk runs: /health names each fault and its end, /live never wavers."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.cases.inbound import Author
from bot.cases.models import Message
from tests.journeys.world import CARLA, TOKEN, World, journey
from tests.slack.world import failing_commits

Breaks = Callable[[World], AbstractContextManager[None]]
"""Breaks something for a while."""
ADA = Author("U0ADA", "Ada Admin", is_admin=True)


@dataclass(frozen=True)
class Sign:
    """What /health says of a fault, and what it makes of the whole."""

    service: str
    words: str
    status: str = "degraded"
    is_ready: bool = True


def while_paused(pause: Callable[[World], None], resume: Callable[[World], None]) -> Breaks:
    @contextmanager
    def broken(world: World) -> Iterator[None]:
        pause(world)
        try:
            yield
        finally:
            resume(world)

    return broken


def the_socket_is_refused(world: World) -> None:
    world.sandbox.link.refusing = True
    world.sandbox.link.cut()


def the_socket_is_taken_again(world: World) -> None:
    world.sandbox.link.refusing = False


def somebody_changed_the_password(world: World) -> None:
    """The mailbox is asked for it when the desk connects anew, the way out with the next answer."""
    world.sandbox.mailbox.change_password("another-one")
    world.sandbox.pause_mailbox()
    world.sandbox.resume_mailbox()
    world.bot.desk.replies.reply("CASE-1", "Pull the plug.", ADA)


def the_password_is_the_old_one(world: World) -> None:
    assert world.settings.imap_password is not None
    world.sandbox.mailbox.change_password(world.settings.imap_password.get_secret_value())


OLD_PASSWORD = while_paused(somebody_changed_the_password, the_password_is_the_old_one)
SLACK_AWAY = while_paused(lambda world: world.sandbox.pause_slack(), lambda world: world.sandbox.resume_slack())
NO_SOCKET = while_paused(the_socket_is_refused, the_socket_is_taken_again)
FAULTS: list[tuple[Breaks, list[Sign]]] = [
    (SLACK_AWAY, [Sign("slack", "Slack answers HTTP 503", is_ready=False)]),
    (NO_SOCKET, [Sign("slack", "the socket is down", is_ready=False)]),
    (OLD_PASSWORD, [Sign("email_listener", "mailbox login refused"), Sign("outgoing_mail", "login")]),
    (lambda world: failing_commits(world.bot.desk.database), [Sign("database", "disk is full", "unhealthy", False)]),
]


@pytest.mark.timeout(120)
def test_each_fault_is_named_and_so_is_its_end(tmp_path: Path, untouched: None) -> None:
    with journey(tmp_path, term=3.0, UNDO_SECONDS="0") as world:
        world.mail(CARLA, "Printer", "It burns.")
        world.until(lambda: world.rows(Message))
        for breaks, signs in FAULTS:
            with breaks(world):
                for sign in signs:
                    is_told(world, sign)
            world.until(lambda: world.health()["status"] == "healthy")

        world.bot.schedule.stop()
        is_told(world, Sign("scheduler", "the scheduler is stopped"))


def is_told(world: World, sign: Sign) -> None:
    """By /health with its words, by its HTTP status, by /ready and by the figures; /live goes on."""
    world.until(lambda: sign.words in world.health().get("problems", {}).get(sign.service, ""))
    health = world.asks("/health")
    told = health.json()
    assert (health.status_code, told["status"]) == (503, sign.status)
    assert set(told["services"]) == {"database", "email_listener", "scheduler", "slack"}
    assert told["services"].get(sign.service, "failing") == "failing"
    assert told["details"][sign.service]["reason"] == told["problems"][sign.service]
    assert TOKEN not in health.text
    assert world.asks("/ready").status_code == (200 if sign.is_ready else 503)
    assert world.asks("/live").status_code == 200
    assert up(world, sign.service) == 0


def up(world: World, service: str) -> float:
    families = {family.name: family for family in text_string_to_metric_families(world.asks("/metrics").text)}
    return next(s.value for s in families["casebot_service_up"].samples if s.labels["service"] == service)


def test_without_a_mailbox_the_way_out_is_watched_all_the_same(tmp_path: Path, untouched: None) -> None:
    with journey(tmp_path, IMAP_SERVER="") as world:
        details = world.health()["details"]

        assert world.health()["services"]["email_listener"] == "disabled"
        assert details["email_listener"] == {"status": "disabled"}
        assert details["outgoing_mail"] == {"status": "working"}
        assert details["slack"]["connections"] == 1
        assert details["slack"]["last_hello_seconds"] >= 0
