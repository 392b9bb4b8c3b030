"""Settings that this version reads but cannot serve yet, so that nobody relies on what does not happen."""

from collections.abc import Iterator

from bot.settings.model import Settings

_UNUSED = ("retain_closed_days",)


def unused(settings: Settings) -> Iterator[str]:
    """Tell which settings are set and have no effect yet."""
    for name in _UNUSED:
        if getattr(settings, name) != Settings.model_fields[name].default:
            yield f"{name.upper()} is set, but has no effect in this version yet."
