"""The power fails again and again while mail pours in."""

from pathlib import Path

import pytest

from bench.kill_collect import Ordeal, faults
from bot.sandbox.server import Sandbox
from tests.services.dovecot import Dovecot

MAILS, KILLS = 100, 4


@pytest.mark.timeout(150)
def test_mixed_mails_and_kills_lose_and_double_nothing(dovecot: Dovecot, tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        found = Ordeal(sandbox, dovecot, tmp_path).run(MAILS, KILLS, seed=2026)

    assert faults(found, MAILS) == []
    assert found.ledger == MAILS
