"""The way out, on a real SMTP server: encrypted, logged in, and each answer taken for what it means."""

from collections.abc import Iterator

import pytest

from bot.mail import submission
from bot.mail.identity import identity_of
from bot.mail.oauth import TokenRefused
from bot.mail.submission import PutOff, Submission, SubmissionTrouble
from bot.outbox.sending import Refused, Unsure
from tests.mail.samples import settings
from tests.services.certificates import Certificates, issue
from tests.services.process import free_port
from tests.services.smtp import PASSWORD, TOKEN, USER, MailServer, mail_server
from tests.services.tcp_proxy import TcpProxy

Secure = tuple[MailServer, str]

CARLA = "carla@example.com"
MAIL = b"From: support@desk.test\r\nTo: carla@example.com\r\nSubject: x\r\n\r\nHello\r\n.hidden\r\n..two\r\n"


class Giver:
    """Who gives out tokens, and counts how often they were thrown away."""

    def __init__(self, token: str | Exception) -> None:
        self._token = token
        self.forgotten = 0

    def token(self) -> str:
        if isinstance(self._token, Exception):
            raise self._token
        return self._token

    def forget(self) -> None:
        self.forgotten += 1


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return issue(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(params=["ssl", "starttls"])
def secure(request: pytest.FixtureRequest, certificates: Certificates) -> Iterator[Secure]:
    """A server that wants TLS and a login, and the way to its TLS."""
    with mail_server(certificates, implicit=request.param == "ssl", login=True) as running:
        yield running, request.param


@pytest.fixture
def trusted(secure: Secure, certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> Secure:
    """The same, its authority trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))
    return secure


def way_to(port: int, giver: Giver | None = None, **more: str) -> Submission:
    ours = {"SMTP_SERVER": "127.0.0.1", "SMTP_PORT": str(port), "SMTP_SECURITY": "none"} | more
    configured = settings(**ours)
    return Submission(configured, identity_of(configured), giver)


def way_in(secure: Secure, giver: Giver | None = None, **more: str) -> Submission:
    server, security = secure
    ours = {"SMTP_SERVER": "localhost", "SMTP_SECURITY": security, "SMTP_USERNAME": USER, "SMTP_PASSWORD": PASSWORD}
    if giver is not None:
        del ours["SMTP_PASSWORD"]
        ours |= {"MAIL_AUTH": "oauth2", "OAUTH_CLIENT_ID": "app", "OAUTH_REFRESH_TOKEN": "consent"}
    return way_to(server.port, giver, **(ours | more))


def test_a_mail_arrives_as_it_left(server: MailServer) -> None:
    way_to(server.port).submit(CARLA, MAIL)

    assert server.raw[0].endswith(MAIL)
    [(sender, recipients, options)] = server.envelopes
    assert (sender, recipients) == ("support@desk.test", [CARLA])
    assert f"SIZE={len(MAIL)}" in options


def test_an_address_beyond_ascii_is_reached(server: MailServer) -> None:
    way_to(server.port).submit("jörg@bücher.example", "To: jörg@x\r\n\r\nx\r\n".encode())

    [(_, recipients, options)] = server.envelopes
    assert recipients == ["jörg@xn--bcher-kva.example"]
    assert {"SMTPUTF8", "BODY=8BITMIME"} <= set(options)


def test_a_domain_beyond_ascii_needs_nothing_of_the_server(server: MailServer) -> None:
    way_to(server.port).submit("info@bücher.example", MAIL)

    [(_, recipients, options)] = server.envelopes
    assert recipients == ["info@xn--bcher-kva.example"]
    assert "SMTPUTF8" not in options


def test_a_mail_goes_over_tls_after_a_login(trusted: Secure) -> None:
    way_in(trusted).submit(CARLA, MAIL)

    assert len(trusted[0].taken) == len(trusted[0].logins) == 1


def test_an_unknown_authority_is_refused_before_the_password(secure: Secure) -> None:
    with pytest.raises(SubmissionTrouble, match=r"not trusted: its certificate: .*SSL_CERT_FILE"):
        way_in(secure).submit(CARLA, MAIL)

    assert secure[0].logins == []


def test_a_certificate_of_another_name_is_refused(trusted: Secure) -> None:
    with pytest.raises(SubmissionTrouble, match=r"not trusted.*127\.0\.0\.1"):
        way_in(trusted, SMTP_SERVER="127.0.0.1").submit(CARLA, MAIL)

    assert trusted[0].logins == []


def test_a_server_without_starttls_gets_no_mail(server: MailServer) -> None:
    with pytest.raises(SubmissionTrouble, match=r"STARTTLS.*check SMTP_SERVER"):
        way_to(server.port, SMTP_SECURITY="starttls").submit(CARLA, MAIL)

    assert server.taken == []


def test_a_wrong_password_is_told_with_advice(trusted: Secure) -> None:
    with pytest.raises(SubmissionTrouble, match=r"login refused: 535.*check SMTP_USERNAME and SMTP_PASSWORD") as told:
        way_in(trusted, SMTP_PASSWORD="wrong-one").submit(CARLA, MAIL)

    assert "wrong-one" not in str(told.value)


def test_a_password_may_hold_any_letters(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))

    with mail_server(certificates, login=True, password="größer") as server:
        way_in((server, "starttls"), SMTP_PASSWORD="größer").submit(CARLA, MAIL)
        with pytest.raises(SubmissionTrouble, match="login refused: 535"):
            way_in((server, "starttls"), SMTP_PASSWORD="größter").submit(CARLA, MAIL)

    assert len(server.taken) == 1


def test_a_token_is_shown(trusted: Secure) -> None:
    way_in(trusted, Giver(TOKEN)).submit(CARLA, MAIL)

    assert len(trusted[0].taken) == 1


def test_a_token_that_the_server_refuses_is_thrown_away(trusted: Secure) -> None:
    giver = Giver("stale")

    with pytest.raises(SubmissionTrouble, match=r"login refused.*OAUTH_REFRESH_TOKEN"):
        way_in(trusted, giver).submit(CARLA, MAIL)

    assert giver.forgotten == 1


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (TokenRefused("The consent has expired."), r"login refused: The consent has expired\."),
        (OSError("HTTP 503"), "mail provider unreachable: HTTP 503"),
    ],
)
def test_a_provider_without_a_token_is_told(trusted: Secure, trouble: Exception, told: str) -> None:
    with pytest.raises(SubmissionTrouble, match=told):
        way_in(trusted, Giver(trouble)).submit(CARLA, MAIL)


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    ("answer", "means", "told"),
    [
        ("550 5.1.1 No such user here", Refused, "^550 5.1.1 No such user here$"),
        ("554-5.7.1 Looks like spam.\r\n554 5.7.1 See https://x.example/why?t=1", Refused,
         "^554 5.7.1 Looks like spam$"),
        ("451 4.7.1 Greylisted, come back later", PutOff, "^451 4.7.1 Greylisted, come back later$"),
        ("421 4.3.2 Going down", SubmissionTrouble, "not ready: 421 4.3.2 Going down"),
        ("530 5.7.0 Authentication required", SubmissionTrouble, "login refused: 530.*SMTP_USERNAME"),
        ("299 strange", SubmissionTrouble, "not ready"),
    ],
)  # fmt: skip
def test_each_answer_means_what_it_says(
    server: MailServer, command: str, answer: str, means: type[Exception], told: str
) -> None:
    server.answers[command] = answer

    with pytest.raises(means, match=told):
        way_to(server.port).submit(CARLA, MAIL)

    assert server.taken == []


@pytest.mark.parametrize("command", ["MAIL", "RCPT"])
def test_a_connection_lost_before_the_mail_was_handed_over_is_no_doubt(server: MailServer, command: str) -> None:
    server.hangs_up_after = command

    with pytest.raises(SubmissionTrouble, match="unreachable"):
        way_to(server.port).submit(CARLA, MAIL)

    assert server.taken == []


def test_a_connection_lost_after_the_final_dot_leaves_us_unsure(server: MailServer) -> None:
    server.hangs_up_after = "DATA"

    with pytest.raises(Unsure, match="before the server said"):
        way_to(server.port).submit(CARLA, MAIL)

    assert len(server.taken) == 1


def test_a_server_that_is_away_is_told() -> None:
    with pytest.raises(SubmissionTrouble, match=r"unreachable.*check SMTP_SERVER, SMTP_PORT"):
        way_to(free_port()).submit(CARLA, MAIL)


def test_a_server_that_falls_silent_is_not_waited_for_longer_than_the_lease(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert submission.CONNECT_SECONDS < submission.WHOLE_SECONDS < 15
    monkeypatch.setattr(submission, "CONNECT_SECONDS", 0.3)
    with TcpProxy(server.port) as proxy:
        proxy.silence()
        with pytest.raises(SubmissionTrouble, match="timed out"):
            way_to(proxy.port).submit(CARLA, MAIL)


def test_clear_text_never_leaves_this_machine() -> None:
    configured = settings(SMTP_SERVER="127.0.0.1", SMTP_SECURITY="none")
    elsewhere = configured.model_copy(update={"smtp_server": "mail.example.com"})

    with pytest.raises(SubmissionTrouble, match="clear text to another machine"):
        Submission(elsewhere, identity_of(elsewhere)).submit(CARLA, MAIL)
