"""How many expectations of the shared corpus hold, for Casebot and for a plain reader: `python -m bench.corpus`."""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from bench.corpus_cases import Case, cases, folder
from bench.corpus_claims import JUDGES, REPLY
from bench.corpus_readers import Reader, Reading, read_as_casebot, read_plainly
from bot.mail.parser import UnreadableMail

_OVERALL = {
    "reply text": REPLY,
    "bounces found": ("is_bounce",),
    "failed recipients": ("failed_recipients",),
    "status, hard or soft": ("bounce",),
    "auto-replies": ("is_auto_reply",),
    "feedback reports": ("is_feedback_report",),
    "Authentication-Results": ("auth",),
}
_LONGEST_SHOWN = 150


@dataclass(slots=True)
class Score:
    """What one reader made of the corpus."""

    held: Counter[tuple[str, str]] = field(default_factory=Counter)
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    unstated: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)
    escaped: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    false_alarms: list[str] = field(default_factory=list)
    ordinary: int = 0
    milliseconds: list[float] = field(default_factory=list)

    def judge(self, case: Case, reader: Reader) -> None:
        """Read one mail and hold every expectation against what was read."""
        reading = self._read(case, reader)
        for key, wanted in case.expect.items():
            if key not in JUDGES:
                continue
            self.asked[case.corpus, key] += 1
            if reading is not None and JUDGES[key](reading, wanted):
                self.held[case.corpus, key] += 1
            else:
                self.unstated[key] += key == "auth" and not case.states(wanted)
                self.misses.append(
                    f"{case.name} · {key} · wanted {wanted!r:.{_LONGEST_SHOWN}} · {_shown(reading, key)}"
                )
        if case.is_ordinary and reading is not None:
            self.ordinary += 1
            if reading.is_bounce or reading.is_feedback_report:
                self.false_alarms.append(case.name)

    def _read(self, case: Case, reader: Reader) -> Reading | None:
        started = time.perf_counter()
        try:
            return reader(case.raw)
        except UnreadableMail as refusal:
            self.refused.append(f"{case.name}: {refusal}")
        except Exception as error:  # noqa: BLE001 - that none escapes is what is counted here
            self.escaped.append(f"{case.name}: {type(error).__name__}")
        finally:
            self.milliseconds.append((time.perf_counter() - started) * 1000)
        return None

    def share(self, corpus: str | None, keys: tuple[str, ...] | None = None) -> tuple[int, int]:
        """Return how many expectations hold, and of how many, for a corpus (None: all) and some keys (None: all)."""
        wanted = [pair for pair in self.asked if corpus in {None, pair[0]} and (keys is None or pair[1] in keys)]
        return sum(self.held[pair] for pair in wanted), sum(self.asked[pair] for pair in wanted)

    def of(self, corpus: str | None, keys: tuple[str, ...] | None = None) -> str:
        """Return the share in words."""
        held, asked = self.share(corpus, keys)
        return f"{held}/{asked} {100 * held / asked:5.1f} %" if asked else "-"


def _shown(reading: Reading | None, key: str) -> str:
    if reading is None:
        return "not read"
    name = {"to_addr": "to", "text_body": "text", "bounce": "bounces", "failed_recipients": "bounces"}.get(key, key)
    name = "reply" if name in REPLY else "text" if name.startswith("body") else name
    return f"found {getattr(reading, name, len(reading.attachments))!r:.{_LONGEST_SHOWN}}"


def score(reader: Reader, corpus: str | None = None) -> Score:
    """Let a reader read one corpus, or all."""
    result = Score()
    for case in cases():
        if corpus in {None, case.corpus}:
            result.judge(case, reader)
    return result


def _print_table(ours: Score, plain: Score) -> None:
    keys: dict[str, set[str]] = defaultdict(set)
    for corpus, key in ours.asked:
        keys[corpus].add(key)
    print(f"{'':44}{'Casebot':>16}{'plain reader':>18}")
    for corpus in sorted(keys):
        print(f"{corpus:44}{ours.of(corpus):>16}{plain.of(corpus):>18}")
        for key in sorted(keys[corpus]):
            print(f"    {key:40}{ours.of(corpus, (key,)):>16}{plain.of(corpus, (key,)):>18}")
    print()
    for line, chosen in _OVERALL.items():
        print(f"{line:44}{ours.of(None, chosen):>16}{plain.of(None, chosen):>18}")
    held, asked = ours.share(None, _OVERALL["Authentication-Results"])
    stated = f"{held}/{asked - ours.unstated['auth']}"
    print(f"{'    of those whose words are in the field':44}{stated:>16}")
    print(f"{'all expectations':44}{ours.of(None):>16}{plain.of(None):>18}")


def _print_facts(ours: Score, plain: Score) -> None:
    alarms = f"{len(ours.false_alarms)} of {ours.ordinary}"
    print(f"{'ordinary mail taken for a bounce':44}{alarms:>16}")
    print(f"{'exceptions that escape':44}{len(ours.escaped):>16}{len(plain.escaped):>18}")
    print(f"{'refused with a reason':44}{len(ours.refused):>16}{'-':>18}")
    medians = [f"{statistics.median(score.milliseconds):.2f}" for score in (ours, plain)]
    worst = [f"{max(score.milliseconds):.0f}" for score in (ours, plain)]
    print(f"{'ms a mail, median, on this machine':44}{medians[0]:>16}{medians[1]:>18}")
    print(f"{'ms, slowest mail':44}{worst[0]:>16}{worst[1]:>18}")


def main() -> int:
    """Print the figures; leaves with 1 if an exception escaped or the corpus is not there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true", help="list every expectation that does not hold")
    parser.add_argument("--corpus", help="one source folder alone")
    chosen = parser.parse_args()
    if not (folder() / "cases.jsonl").exists():
        print(f"No corpus at {folder()}: set CASEBOT_CORPUS to its folder.", file=sys.stderr)
        return 1
    ours, plain = score(read_as_casebot, chosen.corpus), score(read_plainly, chosen.corpus)
    _print_table(ours, plain)
    _print_facts(ours, plain)
    if chosen.misses:
        print("\nMisses:", *ours.misses, *(f"{name} · taken for a bounce" for name in ours.false_alarms), sep="\n  ")
        print("\nRefused:", *ours.refused, sep="\n  ")
    if ours.escaped:
        print("\nEscaped:", *ours.escaped, sep="\n  ")
    return 1 if ours.escaped else 0


if __name__ == "__main__":
    sys.exit(main())
