"""TLS to the mailbox: a certificate counts only if a trusted authority issued it for this very server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.db import Database
from bot.mail.trouble import MailboxTrouble
from tests.mail.post import Post
from tests.mail.samples import letter
from tests.services.certificates import Certificates, issue
from tests.services.dovecot import Dovecot
from tests.services.process import free_port

pytestmark = [pytest.mark.needs("dovecot"), pytest.mark.one_database]
_TLS = """
ssl = yes
ssl_cert = <{server}
ssl_key = <{key}
service imap-login {{
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
"""


class SecureDovecot(Dovecot):
    """Dovecot with a certificate for `localhost`: at once on `tls_port`, after STARTTLS on `port`."""

    def __init__(self, certificates: Certificates) -> None:
        self.authority = certificates.authority
        self.tls_port = free_port()
        super().__init__(_TLS.format(server=certificates.server, key=certificates.key, port=self.tls_port))

    def settings(self, security: str, server: str = "localhost") -> dict[str, str]:
        port = self.tls_port if security == "ssl" else self.port
        return self.environment() | {"IMAP_SERVER": server, "IMAP_PORT": str(port), "IMAP_SECURITY": security}


@pytest.fixture(scope="module")
def secure_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureDovecot]:
    server = SecureDovecot(issue(tmp_path_factory.mktemp("certificates")))
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def secure(secure_server: SecureDovecot, monkeypatch: pytest.MonkeyPatch) -> SecureDovecot:
    """The server, empty, and its authority trusted."""
    secure_server.reset()
    monkeypatch.setenv("SSL_CERT_FILE", str(secure_server.authority))
    return secure_server


@pytest.mark.parametrize("security", ["ssl", "starttls"])
def test_mail_is_read_from_a_server_whose_certificate_is_trusted(
    secure: SecureDovecot, database: Database, security: str
) -> None:
    secure.deliver(letter())
    post = Post(database, secure.settings(security))

    post.collect()
    post.close()

    assert post.states() == ["opened"]


@pytest.mark.parametrize("security", ["ssl", "starttls"])
def test_an_unknown_authority_is_refused_in_words(
    secure: SecureDovecot, database: Database, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    post = Post(database, secure.settings(security))

    with pytest.raises(MailboxTrouble) as trouble:
        post.collect()
    post.close()

    assert trouble.value.kind == "mailbox not trusted"
    assert trouble.value.reason.startswith("its certificate: ")
    assert "SSL_CERT_FILE" in trouble.value.advice


@pytest.mark.parametrize("security", ["ssl", "starttls"])
def test_a_certificate_of_another_name_is_refused(secure: SecureDovecot, database: Database, security: str) -> None:
    post = Post(database, secure.settings(security, server="127.0.0.1"))

    with pytest.raises(MailboxTrouble, match=r"127\.0\.0\.1") as trouble:
        post.collect()
    post.close()

    assert trouble.value.kind == "mailbox not trusted"


def test_a_server_without_starttls_gets_no_password(post: Post, dovecot: Dovecot, tmp_path: Path) -> None:
    post.begin_again({"IMAP_SECURITY": "starttls"})

    with pytest.raises(MailboxTrouble) as trouble:
        post.collect()

    assert trouble.value.kind == "mailbox unreachable"
    assert "IMAP_SECURITY" in trouble.value.advice
