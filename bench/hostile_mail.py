"""What the mails of tests/mail/hostile.py cost: `python -m bench.hostile_mail`; exits with 1 beyond two seconds.

Each is read twice, and the quicker reading counts: seconds of this process, whatever else the machine does.
"""

from __future__ import annotations

import sys
import time

from bot.mail.parser import UnreadableMail, parse
from bot.mail.quoting import new_text
from tests.mail.hostile import HOSTILE, LARGE

MOST_SECONDS = 2.0
_SHOWN = 0.2


def seconds(raw: bytes) -> tuple[float, str]:
    """Return what one reading costs, and why the mail was refused, if it was."""
    refused = ""
    begun = time.process_time()
    try:
        new_text(parse(raw).text)
    except UnreadableMail as refusal:
        refused = str(refusal)
    return time.process_time() - begun, refused


def main() -> int:
    """Print the dear ones and those that were refused."""
    worst = 0.0
    for name, make in (HOSTILE | LARGE).items():
        raw = make()
        cost, refused = min(seconds(raw) for _ in range(2))
        worst = max(worst, cost)
        if cost > _SHOWN or refused:
            print(f"{cost:6.2f} s  {len(raw) / 1e6:6.2f} MB  {name}{f': {refused}' if refused else ''}")
    print(f"{len(HOSTILE | LARGE)} mails, the dearest {worst:.2f} s of {MOST_SECONDS:.0f} s")
    return 1 if worst > MOST_SECONDS else 0


if __name__ == "__main__":
    sys.exit(main())
