"""What the doctor says: a line a check with its remedies below, or JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.doctor.examination import Result
from bot.doctor.finding import Standing

_SIGNS = {Standing.WELL: "✓", Standing.WRONG: "✗", Standing.SKIPPED: "○"}


def lines_of(result: Result) -> Iterator[str]:
    """Yield one check for people."""
    finding = result.finding
    yield f"{result.number:3} {_SIGNS[finding.standing]} {result.name:13} {finding.text}"
    for remedy in finding.remedies:
        yield f"      → {remedy}"


def summary(results: Sequence[Result]) -> str:
    """Return the last line."""
    wrong = _numbers(results, Standing.WRONG)
    left_out = _numbers(results, Standing.SKIPPED)
    well = len(results) - len(wrong) - len(left_out)
    told = f"{well} well, {len(left_out)} not looked at, {len(wrong)} wrong"
    return f"{told}: mend {', '.join(map(str, wrong))}." if wrong else f"{told}. Casebot is fit."


def is_well(results: Sequence[Result]) -> bool:
    """Whether nothing is wrong."""
    return not _numbers(results, Standing.WRONG)


def as_json(results: Sequence[Result]) -> dict[str, object]:
    """Return the same for machines; `standing` is ok, failed or skipped."""
    checks = [
        {
            "number": result.number,
            "name": result.name,
            "standing": result.finding.standing.value,
            "text": result.finding.text,
            "remedies": list(result.finding.remedies),
        }
        for result in results
    ]
    return {"healthy": is_well(results), "checks": checks}


def _numbers(results: Sequence[Result], standing: Standing) -> list[int]:
    return [result.number for result in results if result.finding.standing is standing]
