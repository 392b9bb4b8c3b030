"""Who asks too often is sent away for a while; /live and this machine itself never are."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI

from bot.web.health import Check
from bot.web.pace import PAGES, REMEMBERED, Allowance, Turnstile, neighbourhood
from bot.web.routes import build_web
from tests.outbox.round import Stopwatch


def test_a_bucket_empties_and_fills_again() -> None:
    watch = Stopwatch()
    turnstile = Turnstile(Allowance(a_second=2, at_once=3), watch)

    waits = [turnstile.wait("eve") for _ in range(4)]
    other = turnstile.wait("carla")
    watch.seconds += 0.5

    assert waits == [0, 0, 0, 0.5]
    assert other == 0
    assert [turnstile.wait("eve"), turnstile.wait("eve")] == [0, 0.5]


def test_who_was_seen_longest_ago_is_forgotten() -> None:
    turnstile = Turnstile(Allowance(a_second=1, at_once=1), Stopwatch())
    assert turnstile.wait("eve") == 0

    for number in range(REMEMBERED):
        turnstile.wait(str(number))

    assert turnstile.wait("eve") == 0


@pytest.mark.parametrize(
    ("host", "counted"),
    [("192.0.2.7", "192.0.2.7"), ("2001:db8::1", "2001:0db8:0000:0000"), ("unknown", "unknown"), ("", "")],
)
def test_all_addresses_of_one_line_are_counted_together(host: str, counted: str) -> None:
    assert neighbourhood(host) == counted


async def asked(web: FastAPI, path: str, peer: str, times: int) -> list[httpx.Response]:
    transport = httpx.ASGITransport(web, client=(peer, 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        return [await client.get(path) for _ in range(times)]


@pytest.mark.parametrize(
    ("path", "peer", "last"),
    [("/ready", "8.8.8.8", 429), ("/nowhere", "8.8.8.8", 429), ("/live", "8.8.8.8", 200), ("/ready", "127.0.0.1", 200)],
)
def test_a_flood_is_answered_only_so_often(path: str, peer: str, last: int) -> None:
    web = build_web({"slack": Check(lambda: "")})

    answers = asyncio.run(asked(web, path, peer, PAGES.at_once + 3))

    assert answers[0].status_code != 429
    assert answers[-1].status_code == last
    assert (answers[-1].headers.get("retry-after") == "1") is (last == 429)
