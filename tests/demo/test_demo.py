"""`casebot demo`: it starts anywhere, shows where to look, and leaves nothing behind."""

import re
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
    with demo(tmp_path, "--port", str(free_port()), **HOSTILE) as spoken:
        page = http.get(link_of(spoken), follow_redirects=True)

        assert page.status_code == 200
        assert "support" in page.text
        ends_without_a_trace(spoken, signal.SIGINT)


def test_a_taken_port_gets_a_line_and_the_next_free_one(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", free_port())) as neighbour:
        taken = neighbour.getsockname()[1]
        with demo(tmp_path, "--port", str(taken)) as spoken:
            link = link_of(spoken)

            assert f"Port {taken} is taken; trying the next one." in spoken.text
            assert not link.endswith(f":{taken}/")
            ends_without_a_trace(spoken, signal.SIGTERM)


def ends_without_a_trace(spoken: Spoken, how: signal.Signals) -> None:
    children = children_of(spoken.process.pid)
    spoken.process.send_signal(how)

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
