"""`casebot sandbox` alone: variables to copy, ports as asked for, nothing left behind."""

import os
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dotenv import dotenv_values
from slack_sdk import WebClient

from bot.demo.alone import as_env_file, as_exports

ODD = {"A": "#support", "B": "two words, it's", "C": ""}


@contextmanager
def serving(*options: str) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "bot", "sandbox", "--port", "0", *options]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"})
    try:
        yield child
    finally:
        child.send_signal(signal.SIGINT)
        assert child.wait(20) == 0
        if child.stdout is not None:
            child.stdout.close()


def printed(child: "subprocess.Popen[str]") -> list[str]:
    assert child.stdout is not None
    lines = []
    for line in child.stdout:
        lines.append(line.strip())
        if line.startswith("Ctrl-C"):
            break
    return lines


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_what_it_prints_connects_an_app() -> None:
    with serving() as child:
        lines = [line.removeprefix("export ") for line in printed(child) if line.startswith("export ")]
        variables = dict(shlex.split(line)[0].split("=", 1) for line in lines)

        answer = WebClient(variables["SLACK_BOT_TOKEN"], base_url=variables["SLACK_API_URL"]).auth_test()

    assert answer["team"] == "Sandbox"
    assert variables["SUPPORT_SLACK_CHANNEL"] == "#support"


def test_the_variables_go_into_a_file_and_mail_to_the_ports_asked_for(tmp_path: Path) -> None:
    file, imap, smtp = tmp_path / ".env", free_port(), free_port()

    with serving("--env-file", str(file), "--imap-port", str(imap), "--smtp-port", str(smtp)) as child:
        lines = printed(child)
        variables = dotenv_values(file)
        with socket.create_connection(("127.0.0.1", imap), timeout=5) as mailbox:
            assert mailbox.recv(100).startswith(b"* OK")

    assert (variables["IMAP_PORT"], variables["SMTP_PORT"]) == (str(imap), str(smtp))
    assert not any(line.startswith("export ") for line in lines)


def test_a_taken_mail_port_is_told_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = subprocess.run(
            [sys.executable, "-m", "bot", "sandbox", "--imap-port", port], capture_output=True, text=True, timeout=30
        )

    assert ended.returncode == 2
    assert "a port for mail can't be used" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_odd_values_survive_shells_and_files(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(as_env_file(ODD), encoding="utf-8")
    script = as_exports(ODD) + '\nprintf \'%s|%s|%s\' "$A" "$B" "$C"'

    assert dotenv_values(file) == ODD
    assert subprocess.run(["sh", "-c", script], capture_output=True, text=True).stdout == "#support|two words, it's|"
