"""The Web API client: which proxy is used, and that no post is ever repeated behind our back."""

import pytest

from bot.slack.transport import proxy_for, web_client
from bot.tls import tls_context

PROXY = "http://proxy.example:3128"
SLACK = "https://slack.com/api/"
NAMES = ("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "ALL_PROXY")


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def test_without_variables_nothing_stands_between() -> None:
    assert proxy_for(SLACK) is None


@pytest.mark.parametrize("url", [SLACK, "wss://wss-primary.slack.com/link/?ticket=1"])
def test_the_proxy_of_https_is_used_for_calls_and_sockets(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", PROXY)

    assert proxy_for(url) == PROXY


@pytest.mark.parametrize("url", ["http://127.0.0.1:8765/api/", "https://localhost/api/", "ws://[::1]:9/link/"])
def test_this_machine_is_never_reached_by_proxy(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    monkeypatch.setenv("HTTP_PROXY", PROXY)

    assert proxy_for(url) is None
    assert web_client("xoxb-1", url).proxy is None


@pytest.mark.parametrize("spared", ["slack.com", ".slack.com,other.example", "*"])
def test_no_proxy_is_honoured(monkeypatch: pytest.MonkeyPatch, spared: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    monkeypatch.setenv("NO_PROXY", spared)

    assert proxy_for("https://wss.slack.com/api/") is None
    assert web_client("xoxb-1", "https://wss.slack.com/api/").proxy is None


def test_only_the_patient_client_repeats_a_call_and_only_after_a_rate_limit() -> None:
    assert web_client("xoxb-1", SLACK).retry_handlers == []
    assert [type(handler).__name__ for handler in web_client("xoxb-1", SLACK, patient=True).retry_handlers] == [
        "RateLimitErrorRetryHandler"
    ]


def test_certificates_are_verified() -> None:
    assert tls_context().get_ca_certs() != []
    assert tls_context().check_hostname
