"""`casebot demo` as one uses it: a page, a bot, a plug to pull, a directory that keeps it all."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.demo import play
from bot.demo.keeping import NAME, Keeper, Unreadable
from bot.demo.plug import BotPlug
from bot.sandbox.changes import Changes
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import text_of

STARTED = 40.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def demo(
    monkeypatch: pytest.MonkeyPatch, data: Path | None = None, history: play.History | None = None
) -> Iterator[tuple[Sandbox, list[str]]]:
    """Run a demo beside the test until the block ends."""
    told: list[str] = []
    made: list[Sandbox] = []
    stop, ready = threading.Event(), threading.Event()

    def tell(words: str) -> None:
        told.append(words)
        if "demo is ready" in words:
            ready.set()

    def make(tell: Callable[[str], None], port: int, make: Callable[[int], Sandbox]) -> Sandbox:
        made.append(starting(tell, port, make))
        return made[0]

    starting = play.on_free_port
    monkeypatch.setattr(play, "on_free_port", make)
    thread = threading.Thread(
        target=play.demo,
        args=(tell, free_port()),
        kwargs={"open_page": False, "stop": stop, "history": history, "data": data},
    )
    thread.start()
    try:
        assert ready.wait(STARTED), told
        yield made[0], told
    finally:
        stop.set()
        thread.join()


def test_a_kept_desk_goes_on_with_its_cards(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with demo(monkeypatch, tmp_path, play.History(4)) as (sandbox, told):
        workspace = sandbox.workspace
        workspace.wait_for(lambda: len(workspace.messages("#support")) >= 4, 20)
        workspace.say("carla", "@casebot", "My scanner is dead")
        card = workspace.wait_for(
            lambda: next(m for m in workspace.messages("#support") if "scanner" in text_of(m)), 20
        )
        assert any("4 cases lie behind this desk" in words for words in told)
    monkeypatch.undo()

    with demo(monkeypatch, tmp_path, play.History(4)) as (sandbox, told):
        workspace = sandbox.workspace
        before = len(workspace.messages("#support"))
        workspace.say("carla", "@casebot", "Still dead")
        workspace.wait_for(
            lambda: any("Still dead" in text_of(m) for m in workspace.thread("#support", card["ts"])), 20
        )
        assert len(workspace.messages("#support")) == before
        assert any("--seed changes nothing" in words for words in told)


def test_the_plug_can_be_pulled_and_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    with demo(monkeypatch) as (sandbox, told):
        plugs = sandbox.plugs
        assert plugs is not None
        assert plugs.bot_running()

        plugs.kill_bot()
        plugs.kill_bot()
        assert not plugs.bot_running()
        sandbox.mailbox.send("carla@customer.test", "Help", "Written while it was down.")
        plugs.start_bot()
        plugs.start_bot()

        card = sandbox.workspace.wait_for(lambda: sandbox.workspace.messages("#support")[0], STARTED)
        assert "Written while it was down" in text_of(card)
        log = Path(next(line for line in told[-1].splitlines() if "bot's log" in line).partition(": ")[2])
    assert not log.parent.exists()


def test_a_plug_without_a_bot_does_nothing() -> None:
    plug = BotPlug()

    plug.kill_bot()
    plug.start_bot()

    assert not plug.bot_running()
    assert Changes().version == 0


def test_a_taken_port_is_told_and_the_next_one_used() -> None:
    told: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
        sandbox = play.on_free_port(told.append, port, lambda candidate: Sandbox(port=candidate))
        sandbox.stop()

    assert told[0] == f"Port {port} is taken; trying the next one."
    assert sandbox.port > port


def test_a_damaged_state_is_refused_with_advice(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(json.dumps({"format": 0}), encoding="utf-8")

    with Sandbox() as sandbox, pytest.raises(Unreadable, match="Choose another --data"):
        Keeper(sandbox, tmp_path).restore()


def test_a_database_without_its_sandbox_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cases.db").touch()

    with pytest.raises(Unreadable, match="has a database but no"):
        play.demo(print, free_port(), open_page=False, stop=threading.Event(), data=tmp_path)
