"""Files out of Slack: read with our token, which goes to Slack's own hosts and nowhere else."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.slack.files import FileGone, SlackFiles
from tests.slack.world import SlackWorld


def shared(world: SlackWorld, name: str = "invoice.pdf", content: bytes = b"%PDF") -> dict[str, Any]:
    """A file that Carla sent the bot."""
    place = world.workspace.dm("carla")
    [file] = world.workspace.message(place, world.workspace.say("carla", place, "", files=[(name, content)]))["files"]
    described: dict[str, Any] = file
    return described


class Told(WebClient):
    """A client whose files.info describes a file as a test wants it."""

    def __init__(self, real: WebClient, **changes: Any) -> None:
        super().__init__(token="xoxb-secret", base_url=real.base_url)
        self._real, self._changes = real, changes

    def files_info(self, **arguments: Any) -> Any:
        return {"file": {**self._real.files_info(**arguments)["file"], **self._changes}}


class Elsewhere(BaseHTTPRequestHandler):
    """Somebody else's server; it writes down who came with what."""

    seen: list[str | None]

    def do_GET(self) -> None:
        self.seen.append(self.headers.get("Authorization"))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"mine now")

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str | None]]]:
    """The address of somebody else's server, and the tokens that were brought there."""
    seen: list[str | None] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Here", (Elsewhere,), {"seen": seen})) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/f", seen
        server.shutdown()


def test_a_file_is_read_with_the_bots_token(world: SlackWorld) -> None:
    file = shared(world)

    assert SlackFiles(world.slack.web).read(f"slack:{file['id']}") == b"%PDF"


@pytest.mark.parametrize(
    "url",
    [
        "https://files.slack.com.evil.example/f",
        "https://evilslack.com/f",
        "http://files.slack.com/f",
        "https://files.slack.com:8443/f",
        "https://files.slack.com@evil.example/f",
        "file:///etc/passwd",
        "",
    ],
)
def test_the_token_goes_to_slack_alone(world: SlackWorld, url: str) -> None:
    file = shared(world)
    files = SlackFiles(Told(world.slack.web, url_private_download=url, url_private=url))

    with pytest.raises(FileGone, match="it is kept outside Slack"):
        files.read(f"slack:{file['id']}")


def test_another_server_on_this_machine_is_not_slack(
    world: SlackWorld, elsewhere: tuple[str, list[str | None]]
) -> None:
    url, seen = elsewhere
    file = shared(world)

    with pytest.raises(FileGone):
        SlackFiles(Told(world.slack.web, url_private_download=url)).read(f"slack:{file['id']}")

    assert seen == []


def test_a_page_for_signing_in_is_no_file(world: SlackWorld) -> None:
    file = shared(world)
    stranger = Told(world.slack.web)  # its token opens no file, and Slack sends it to a page for people

    with pytest.raises(FileGone, match="Slack does not hand it out"):
        SlackFiles(stranger).read(f"slack:{file['id']}")


@pytest.mark.parametrize(
    ("told", "size"), [({}, 11), ({"size": 0}, 11)], ids=["Slack says so", "it turns out to be so"]
)
def test_a_file_that_is_too_large_is_not_read(world: SlackWorld, told: dict[str, Any], size: int) -> None:
    file = shared(world, content=b"x" * size)
    client = Told(world.slack.web, **told)
    client.token = world.slack.web.token

    with pytest.raises(FileGone, match="larger than"):
        SlackFiles(client, largest=10).read(f"slack:{file['id']}")


def test_what_lies_in_another_service_is_not_read(world: SlackWorld) -> None:
    file = shared(world)

    with pytest.raises(FileGone, match="it is kept outside Slack"):
        SlackFiles(Told(world.slack.web, is_external=True)).read(f"slack:{file['id']}")


def test_a_file_that_was_deleted_is_gone(world: SlackWorld) -> None:
    with pytest.raises(FileGone, match="it was deleted in Slack"):
        SlackFiles(world.slack.web).read("slack:F0NOWHERE")
