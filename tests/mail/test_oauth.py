"""XOAUTH2: tokens fetched from the provider, kept while they are good, and shown to a real IMAP server."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.db import Database
from bot.mail.oauth import GOOGLE, ProviderTokens, TokenRefused, endpoint_of
from bot.mail.trouble import MailboxTrouble
from bot.mail.watcher import MailWatcher
from bot.tls import tls_context
from bot.wiring.mail_edge import mail_watcher
from tests.cases.desk import StillClock
from tests.mail.post import Post
from tests.mail.samples import letter, settings
from tests.services.dovecot import Dovecot

pytestmark = pytest.mark.one_database

_DOVECOT = """
auth_mechanisms = plain login xoauth2
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {file}
}}
"""
OAUTH = {"MAIL_AUTH": "oauth2", "OAUTH_CLIENT_ID": "the-app", "OAUTH_REFRESH_TOKEN": "consent-1"}
APPLICATION = {
    "MAIL_AUTH": "oauth2",
    "OAUTH_CLIENT_ID": "the-app",
    "OAUTH_CLIENT_SECRET": "s3cret",
    "OAUTH_TENANT": "t",
}


class Provider:
    """A mail provider's token endpoint, and the question whose a token is."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.refusal: tuple[int, dict[str, str]] | None = None
        self.more: dict[str, object] = {}
        self.user = ""
        self.good: set[str] = set()
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._answer(*provider.token({key: found[0] for key, found in parse_qs(body).items()}))

            def do_GET(self) -> None:
                token = parse_qs(urlsplit(self.path).query).get("access_token", [""])[0]
                good = token in provider.good
                self._answer(200 if good else 401, {"email": provider.user} if good else {"error": "invalid_token"})

            def _answer(self, status: int, answer: dict[str, object]) -> None:
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def token(self, asked: dict[str, str]) -> tuple[int, dict[str, object]]:
        self.asked.append(asked)
        if self.refusal is not None:
            return self.refusal[0], dict(self.refusal[1])
        token = f"access-{len(self.asked)}"
        self.good.add(token)
        return 200, {"access_token": token, "expires_in": 3600, "token_type": "Bearer"} | self.more

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def provider() -> Iterator[Provider]:
    running = Provider()
    yield running
    running.close()


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


def tokens(provider: Provider, clock: StillClock, **variables: str) -> ProviderTokens:
    return ProviderTokens(settings(**variables), clock, tls_context(), f"{provider.url}/token")


def test_a_token_is_used_until_shortly_before_it_expires(provider: Provider, clock: StillClock) -> None:
    giver = tokens(provider, clock, **OAUTH)

    seen = [giver.token()]
    clock.advance(timedelta(minutes=54))
    seen.append(giver.token())
    clock.advance(timedelta(minutes=2))
    seen.append(giver.token())

    assert seen == ["access-1", "access-1", "access-2"]


def test_a_refresh_token_is_shown_and_its_successor_used(provider: Provider, clock: StillClock) -> None:
    provider.more = {"refresh_token": "consent-2"}
    giver = tokens(provider, clock, **OAUTH)

    giver.token()
    giver.forget()
    giver.token()

    assert [asked["refresh_token"] for asked in provider.asked] == ["consent-1", "consent-2"]
    assert provider.asked[0]["grant_type"] == "refresh_token"
    assert provider.asked[0]["client_id"] == "the-app"
    assert "client_secret" not in provider.asked[0]


def test_an_application_shows_its_own_secret(provider: Provider, clock: StillClock) -> None:
    tokens(provider, clock, **APPLICATION).token()

    assert provider.asked == [
        {
            "grant_type": "client_credentials",
            "client_id": "the-app",
            "client_secret": "s3cret",
            "scope": "https://outlook.office365.com/.default",
        }
    ]


def test_a_refusal_says_why(provider: Provider, clock: StillClock) -> None:
    provider.refusal = 400, {"error": "invalid_grant", "error_description": "The consent has expired.\r\nTrace: 1"}

    with pytest.raises(TokenRefused, match=r"^The consent has expired\.$"):
        tokens(provider, clock, **OAUTH).token()


def test_a_provider_in_trouble_is_not_a_refusal(provider: Provider, clock: StillClock) -> None:
    provider.refusal = 503, {}

    with pytest.raises(OSError, match="503"):
        tokens(provider, clock, **OAUTH).token()


@pytest.mark.parametrize(
    ("server", "tenant", "endpoint"),
    [
        ("imap.gmail.com", "", GOOGLE),
        ("outlook.office365.com", "contoso", "https://login.microsoftonline.com/contoso/oauth2/v2.0/token"),
        ("outlook.office365.com", "", "https://login.microsoftonline.com/common/oauth2/v2.0/token"),
        ("notgmail.com", "", "https://login.microsoftonline.com/common/oauth2/v2.0/token"),
    ],
)
def test_the_provider_is_known_by_the_mail_server(server: str, tenant: str, endpoint: str) -> None:
    chosen = settings(**OAUTH | {"IMAP_SERVER": server, "IMAP_SECURITY": "ssl", "OAUTH_TENANT": tenant})

    assert endpoint_of(chosen) == endpoint


@pytest.fixture
def mail_server(provider: Provider, tmp_path: Path) -> Iterator[Dovecot]:
    """A Dovecot that asks the provider whose a token is."""
    file = tmp_path / "oauth2.conf"
    file.write_text(
        f"tokeninfo_url = {provider.url}/tokeninfo?access_token=\n"
        "introspection_mode = auth\nusername_attribute = email\n"
    )
    server = Dovecot(_DOVECOT.format(file=file))
    provider.user = server.user
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def post(provider: Provider, mail_server: Dovecot, database: Database) -> Iterator[Post]:
    world = OAuthPost(database, mail_server.environment(), provider)
    yield world
    world.close()


class OAuthPost(Post):
    """A desk that logs in with tokens of this provider."""

    def __init__(self, database: Database, mailbox: dict[str, str], provider: Provider) -> None:
        self._provider = provider
        super().__init__(database, mailbox, **OAUTH)

    def _new_watcher(self) -> MailWatcher:
        clock = StillClock()
        giver = ProviderTokens(self.settings, clock, tls_context(), f"{self._provider.url}/token")
        return mail_watcher(self.settings, self.database, clock, self.intake, self.tell, giver)


@pytest.mark.needs("dovecot")
def test_a_mailbox_is_read_with_a_token(post: Post, mail_server: Dovecot) -> None:
    mail_server.deliver(letter())

    post.collect()

    assert post.states() == ["opened"]


@pytest.mark.needs("dovecot")
def test_a_token_that_the_server_refuses_is_fetched_anew(post: Post, mail_server: Dovecot, provider: Provider) -> None:
    post.collect()
    provider.good.clear()
    post.watcher.disconnect()

    with pytest.raises(MailboxTrouble, match="login refused") as trouble:
        post.collect()
    post.collect()

    assert "OAUTH_REFRESH_TOKEN" in trouble.value.advice
    assert len(provider.asked) == 2


@pytest.mark.needs("dovecot")
def test_a_provider_that_refuses_is_told_like_a_wrong_password(post: Post, provider: Provider) -> None:
    provider.refusal = 400, {"error": "invalid_grant", "error_description": "The consent has expired."}

    with pytest.raises(MailboxTrouble) as trouble:
        post.collect()

    assert (trouble.value.kind, trouble.value.reason) == ("mailbox login refused", "The consent has expired.")
