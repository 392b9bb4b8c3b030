"""Checks of the machine: Python, packages, settings, time zones, disk, and who listens on our port."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from bot.doctor.finding import Finding, skipped, well, wrong
from bot.doctor.patient import Patient
from bot.settings import is_loopback

_INSTALL = "In a checkout: make setup. Elsewhere: pip install --upgrade casebot, in its virtual environment."
_UNPACKED = "Casebot runs from its sources; nothing says what it needs"
_ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo")


def python(_patient: Patient) -> Finding:
    """Look at the interpreter's version."""
    try:
        wanted = metadata("casebot")["Requires-Python"]
    except PackageNotFoundError:
        return skipped(_UNPACKED)
    running = platform.python_version()
    if running in SpecifierSet(wanted, prereleases=True):
        return well(f"Python {running}, casebot {version('casebot')}")
    return wrong(f"Python {running} is too old; Casebot needs {wanted}", f"Install Python {wanted}, then: make setup")


def packages(_patient: Patient) -> Finding:
    """Hold the installed packages against what Casebot's own package asks for."""
    try:
        wanted = requires("casebot") or []
    except PackageNotFoundError:
        return skipped(_UNPACKED)
    return packages_for(wanted)


def packages_for(wanted: Iterable[str]) -> Finding:
    """Hold the installed packages against requirements as package metadata writes them."""
    needed = [requirement for requirement in map(Requirement, wanted) if _is_needed(requirement)]
    lacking = list(_lacking(needed))
    if lacking:
        return wrong(f"{len(lacking)} of {len(needed)} packages don't fit: {'; '.join(lacking)}", _INSTALL)
    return well(f"all {len(needed)} packages fit")


def settings(patient: Patient) -> Finding:
    """Tell every fault of the settings at once, near misses among them."""
    sketch = patient.sketch
    hints = sketch.warnings
    if not sketch.is_sound:
        faults = (*sketch.obstacles, *sketch.faults.values())
        things = "one thing needs" if len(faults) == 1 else f"{len(faults)} things need"
        return wrong(f"{things} your attention in the environment or .env", *faults, *hints)
    if hints:
        return wrong("they are complete, but something looks like a slip", *hints)
    return well(f"{len(sketch.values)} set, all right")


def time_zones(_patient: Patient) -> Finding:
    """Look whether the time zone database is there."""
    try:
        for name in _ZONES:
            ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError) as missing:
        return wrong(f"there is no time zone data ({missing})", "apt-get install tzdata, or: pip install tzdata")
    return well("the time zone data is there")


def disk(patient: Patient) -> Finding:
    """Look how much space is left where Casebot writes."""
    tight = []
    rooms = []
    for folder in dict.fromkeys(_written_to(patient)):
        free = shutil.disk_usage(folder).free
        rooms.append(f"{_megabytes(free)} free in {folder}")
        if free < patient.limits.free_bytes:
            tight.append(folder)
    if tight:
        least = _megabytes(patient.limits.free_bytes)
        return wrong(
            "; ".join(rooms) + f": below {least}, and a full disk stops everything",
            f"Make room: du -xh {tight[0]} | sort -h | tail -20",
            "Or move the database: stop Casebot, copy the files, set DATABASE_URL.",
        )
    return well("; ".join(rooms))


def process(patient: Patient) -> Finding:
    """Look who listens on our port."""
    host, port = patient.settings.host, patient.settings.port
    answer = patient.answer
    if not answer.somebody:
        return well(f"nobody listens on {host}:{port}: it is free for casebot run, which is not running here now")
    if not answer.is_casebot:
        return wrong(
            f"another program listens on {host}:{port}",
            f"Find it: ss -ltnp 'sport = :{port}' (macOS: lsof -nP -iTCP:{port})",
            "Stop it, or set PORT to a free one.",
        )
    if answer.problems:
        problems = (f"{name}: {why}" for name, why in answer.problems.items())
        return wrong(f"Casebot runs here and is {answer.status}", *problems)
    if answer.status != "healthy":
        return wrong(
            f"Casebot runs here and is {answer.status}", "Set WEB_TOKEN to be told why here; its log tells it."
        )
    return well(f"Casebot runs here, and says it is {answer.status}")


def web_pages(patient: Patient) -> Finding:
    """Tell who may see the figures, the cases and the reasons."""
    settings = patient.settings
    if settings.web_token is not None:
        return well("/metrics, /cases and the reasons in /health are shown to who sends WEB_TOKEN")
    if settings.calls_come_in:
        return skipped("/metrics and the reasons in /health are shown to nobody: set WEB_TOKEN (SLACK_MODE=http)")
    if not is_loopback(settings.host):
        return skipped(f"/metrics is shown to this machine alone, although HOST is {settings.host}: set WEB_TOKEN")
    return well("/metrics, /cases and the reasons in /health are shown to this machine alone")


def _is_needed(requirement: Requirement) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": ""})


def _lacking(needed: Iterable[Requirement]) -> Iterator[str]:
    for requirement in needed:
        try:
            installed = version(requirement.name)
        except PackageNotFoundError:
            yield f"{requirement} is not installed"
            continue
        if not requirement.specifier.contains(installed, prereleases=True):
            yield f"{requirement} is wanted, {installed} installed"


def _written_to(patient: Patient) -> Iterator[Path]:
    file = patient.database_file
    yield _existing(file.parent if file else Path.cwd())
    if patient.settings.log_file is not None:
        yield _existing(patient.settings.log_file.absolute().parent)


def _existing(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if place.exists())


def _megabytes(count: int) -> str:
    return f"{count / 1_000_000_000:.1f} GB" if count >= 1_000_000_000 else f"{count / 1_000_000:.0f} MB"
