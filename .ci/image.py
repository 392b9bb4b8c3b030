"""Do what the Dockerfile says without a container engine, and see that what comes out runs.

Its own lines are read and done, with the image's paths moved into a scratch directory: COPY (past .dockerignore, by
git's list of files), RUN, ENV, HEALTHCHECK, ENTRYPOINT. What only root in an image can do (useradd, USER, VOLUME) is
named and left out. Needs the project's .venv, whose sandbox plays Slack and the mailbox.

    make image
"""

import argparse
import json
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
LIMIT_MB = 250
# What python:3.13-slim unpacks to; the rest of the image is measured.
BASE_MB = 121
START_SECONDS = 60
STOP_SECONDS = 15


class Image:
    """A scratch directory that stands for an image's root, and the environment of its commands."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.workdir = "/"
        self.env = {
            "HOME": str(root / "home"),
            "LANG": "C.UTF-8",
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        }
        self.left_out: list[str] = []
        self.health: list[str] = []
        self.entrypoint: list[str] = []
        self.command: list[str] = []
        (root / "home").mkdir(parents=True)

    def moved(self, text: str) -> str:
        """A text in which the image's paths point into the scratch directory."""
        return re.sub(r"(?<![\w.])/(opt|src|data)\b", lambda path: f"{self.root}/{path[1]}", text)

    def does(self, instruction: str, rest: str, stages: dict[str, "Image"]) -> None:
        """Carry out one instruction."""
        match instruction:
            case "ENV":
                assigned = (word.partition("=") for word in shlex.split(rest))
                self.env |= {name: self.moved(value.replace("$PATH", self.env["PATH"])) for name, _, value in assigned}
            case "WORKDIR":
                self.workdir = rest
                Path(self.moved(rest)).mkdir(parents=True, exist_ok=True)
            case "COPY":
                self._copy(rest.split(), stages)
            case "RUN" if "useradd" in rest:
                self.left_out.append(f"RUN {rest}")
                Path(self.moved("/data")).mkdir(mode=0o750)
            case "RUN":
                subprocess.run(
                    ["sh", "-ec", self.moved(rest)],
                    cwd=self.moved(self.workdir),
                    env=self.env,
                    check=True,
                    stdout=subprocess.DEVNULL,
                )
            case "HEALTHCHECK":
                self.health = json.loads(rest[rest.index("[") :])
            case "ENTRYPOINT":
                self.entrypoint = json.loads(rest)
            case "CMD":
                self.command = json.loads(rest)
            case "ARG" | "EXPOSE" | "STOPSIGNAL":
                pass
            case _:
                self.left_out.append(f"{instruction} {rest}")

    def _copy(self, words: list[str], stages: dict[str, "Image"]) -> None:
        if words[0].startswith("--from="):
            source = stages[words[0].removeprefix("--from=")]
            # The environment's scripts name their interpreter by its path: built there, it is looked at there.
            Path(self.moved(words[2])).parent.mkdir(parents=True, exist_ok=True)
            Path(self.moved(words[2])).symlink_to(source.moved(words[1]))
            return
        *sources, target = words
        into = Path(self.moved(self.workdir)) / target
        for name in sources:
            tracked = subprocess.run(
                ["git", "ls-files", "--", name], cwd=HERE, check=True, capture_output=True, text=True
            ).stdout.split("\n")
            for file in filter(None, tracked):
                place = into / (Path(file).relative_to(name) if (HERE / name).is_dir() else Path(file).name)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(HERE / file, place)


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, each with its arguments in one line."""
    lines = [
        line for line in (HERE / "Dockerfile").read_text().splitlines() if line.strip() and not line.startswith("#")
    ]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [(word, " ".join(rest.split())) for word, _, rest in (line.partition(" ") for line in joined.splitlines())]


def build(root: Path) -> Image:
    """Do both stages; the second one is the image."""
    stages: dict[str, Image] = {}
    image = Image(root / "unused")
    for word, rest in instructions():
        if word == "FROM":
            name = rest.partition(" AS ")[2] or "run"
            image = stages[name] = Image(root / name)
            print(f"FROM {rest}")
            continue
        print(f"  {word} {rest[:110]}")
        image.does(word, rest, stages)
    return image


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def try_out(image: Image) -> None:
    """Run what was built as an engine would: refused without settings, then with a Slack and a mailbox beside it."""
    run = [image.entrypoint[0], *image.command]
    lacking = subprocess.run(run, cwd=image.moved("/data"), env=image.env, capture_output=True, text=True, check=False)
    if lacking.returncode != 2 or "SLACK_BOT_TOKEN" not in lacking.stderr:
        raise SystemExit(f"Without settings it should end with 2 and name SLACK_BOT_TOKEN:\n{lacking.stderr}")
    print("  without settings: exit 2, and names what is missing")
    variables = image.root / "sandbox.env"
    sandbox = subprocess.Popen(
        [HERE / ".venv/bin/casebot", "sandbox", "--port", str(free_port()), "--env-file", variables],
        stdout=subprocess.DEVNULL,
    )
    try:
        _until(variables.exists, "the sandbox")
        assigned = (word.partition("=") for word in shlex.split(variables.read_text(), comments=True))
        settings = {name: value for name, _, value in assigned}
        settings.pop("DATABASE_URL", None)
        _run_beside(image, run, settings | {"PORT": str(free_port())})
    finally:
        sandbox.terminate()
        sandbox.wait(STOP_SECONDS)


def _run_beside(image: Image, run: list[str], settings: dict[str, str]) -> None:
    env = image.env | settings | {"HOST": "127.0.0.1"}
    log = image.root / "bot.log"
    with log.open("wb") as lines:
        bot = subprocess.Popen(run, cwd=image.moved("/data"), env=env, stdout=lines, stderr=subprocess.STDOUT)
    try:
        _until(lambda: bot.poll() is not None or _healthy(int(env["PORT"])), "a healthy bot", log)
        if bot.poll() is not None:
            raise SystemExit(f"The bot ended with {bot.returncode}:\n{log.read_text()[-2000:]}")
        subprocess.run(image.health, env=env, check=True)
        print("  with settings: /health says healthy, and the HEALTHCHECK's command agrees")
        bot.send_signal(signal.SIGTERM)
        if bot.wait(STOP_SECONDS) != 0:
            raise SystemExit(f"SIGTERM: exit {bot.returncode}")
        print(
            "  SIGTERM: exit 0; the database is", Path(image.moved("/data/case_management.db")).stat().st_size, "bytes"
        )
    finally:
        bot.kill()


def _until(fact: Callable[[], bool], what: str, log: Path | None = None) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not fact():
        if time.monotonic() > deadline:
            said = log.read_text()[-2000:] if log else ""
            raise SystemExit(f"Waited {START_SECONDS} s for {what}.\n{said}")
        time.sleep(0.1)


def _healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def weigh(image: Image) -> None:
    """Estimate the image: the base's known size and what was installed on top of it."""
    environment = Path(image.moved("/opt/casebot")).resolve()
    ours = sum(file.lstat().st_size for file in environment.rglob("*") if not file.is_dir()) / 1e6
    print(f"  size: {BASE_MB} MB base + {ours:.0f} MB = {BASE_MB + ours:.0f} MB, limit {LIMIT_MB} MB")
    if BASE_MB + ours > LIMIT_MB:
        raise SystemExit("The image has become too big.")


def main() -> None:
    """Build, try out, weigh."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--keep", action="store_true", help="leave the scratch directory for a look")
    keep = arguments.parse_args().keep
    root = Path(tempfile.mkdtemp(prefix="casebot-image-"))
    try:
        image = build(root)
        for line in image.left_out:
            print(f"  left out, only an engine can: {line[:100]}")
        try_out(image)
        weigh(image)
    finally:
        if keep:
            print(f"Kept: {root}")
        else:
            shutil.rmtree(root)


if __name__ == "__main__":
    main()
