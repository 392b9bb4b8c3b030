"""Who may see figures, cases and reasons: who knows the token, or without one only this machine itself."""

import pytest

from bot.db import Database
from bot.web.access import Access
from bot.web.figures import Figures
from bot.web.health import Check
from bot.web.routes import DebugView
from tests.cases.desk import StillClock
from tests.web.visitor import Page, visit

TOKEN = "a-token-that-is-long-enough"
GUARDED = ("/metrics", "/cases")


def asked(
    path: str, access: Access, peer: str = "127.0.0.1", host: str = "127.0.0.1:8000", **headers: str | bytes
) -> Page:
    checks = {"slack": Check(lambda: "token refused")}
    figures = Figures(Database("sqlite:////no/such/folder/cases.db"), StillClock(), checks)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    debug = DebugView(lambda _limit: [])
    return visit(checks, path, figures=figures, debug=debug, access=access, peer=peer, host=host, headers=sent)


@pytest.mark.parametrize("path", GUARDED)
@pytest.mark.parametrize("sent", [b"", b"Bearer wrong", TOKEN.encode(), "Bearer é".encode("latin-1")])
def test_with_a_token_whoever_sends_it_may_see_and_nobody_else(path: str, sent: bytes) -> None:
    access = Access(TOKEN)

    admitted = asked(path, access, "8.8.8.8", "desk.example.com", authorization=f"Bearer {TOKEN}")
    refused = asked(path, access, authorization=sent)

    assert (admitted.status, refused.status) == (200, 401)
    assert "Authorization: Bearer" in refused.body["detail"]


@pytest.mark.parametrize(
    ("peer", "host", "headers"),
    [
        ("8.8.8.8", "127.0.0.1", {}),
        ("172.18.0.1", "127.0.0.1", {}),  # a published port of a container looks like this
        ("127.0.0.1", "127.0.0.1", {"x_forwarded_for": "127.0.0.1"}),
        ("127.0.0.1", "rebound.example.com", {}),
    ],
)
def test_without_a_token_only_this_machine_itself_may_see(peer: str, host: str, headers: dict[str, str]) -> None:
    for path in GUARDED:
        assert asked(path, Access()).status == 200
        refused = asked(path, Access(), peer, host, **headers)
        assert refused.status == 403
        assert "set WEB_TOKEN" in refused.body["detail"]


def test_behind_a_proxy_nobody_is_near() -> None:
    assert asked("/metrics", Access(is_proxied=True)).status == 403


def test_everybody_is_told_how_the_desk_is_and_only_some_why() -> None:
    inside, outside = asked("/health", Access()), asked("/health", Access(), peer="8.8.8.8")

    assert inside.body["problems"] == {"slack": "token refused"}
    assert outside.body == {"status": "degraded", "services": {"slack": "failing"}}
    assert outside.status == inside.status == 503
    assert asked("/ready", Access(), peer="8.8.8.8").body == {"status": "not ready"}
