"""`casebot demo`: it starts anywhere, shows where to look, and leaves nothing behind."""

import re
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.cli.refusals import stopped_by_signals
from tests.demo.processes import HOSTILE, Spoken, children_of, command, lives
from tests.services.http import http
from tests.services.process import free_port, wait_until

READY = "Casebot's demo is ready: "


@contextmanager
def demo(folder: Path, *options: str, **environment: str) -> Iterator[Spoken]:
    spoken = Spoken(command("demo", *options), folder, **environment)
    try:
        yield spoken
    finally:
        spoken.process.kill()
        spoken.process.wait()


def link_of(spoken: Spoken) -> str:
    found = re.search(rf"{READY}(\S+)", spoken.says("Ctrl-C"))
    assert found
    return found[1]


def test_it_prints_its_link_serves_its_page_and_ends_without_a_trace(tmp_path: Path) -> None:
    """Where its port is taken, it says so and takes the next one."""
    with socket.create_server(("127.0.0.1", free_port())) as neighbour:
        taken = neighbour.getsockname()[1]
        with demo(tmp_path, "--port", str(taken), **HOSTILE) as spoken:
            link = link_of(spoken)
            page = http.get(link, follow_redirects=True)

            assert f"Port {taken} is taken; trying the next one." in spoken.text
            assert not link.endswith(f":{taken}/")
            assert page.status_code == 200
            assert "support" in page.text
            ends_without_a_trace(spoken)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_both_signals_ask_it_to_stop(number: signal.Signals) -> None:
    before = [(each, signal.getsignal(each)) for each in (signal.SIGINT, signal.SIGTERM)]
    try:
        stop = stopped_by_signals()
        signal.raise_signal(number)
        assert stop.wait(5)
    finally:
        for each, handler in before:
            signal.signal(each, handler)


def ends_without_a_trace(spoken: Spoken) -> None:
    children = children_of(spoken.process.pid)
    spoken.process.send_signal(signal.SIGINT)

    assert spoken.ends() == 0
    assert children
    assert not any(lives(child) for child in children)
    assert list(spoken.scratch.iterdir()) == []
    assert "Traceback" not in spoken.text


def test_the_bots_process_ends_when_the_demo_was_killed(tmp_path: Path) -> None:
    with demo(tmp_path, "--port", str(free_port())) as spoken:
        link_of(spoken)
        children = children_of(spoken.process.pid)
        assert children

        spoken.process.kill()

        wait_until(lambda: not any(lives(child) for child in children), "the orphan to end", 15)
