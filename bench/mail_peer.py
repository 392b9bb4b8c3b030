"""django-helpdesk as a peer of the mail benchmark: installed from the package index, run as its documentation says.

It is no dependency: its environment and its project are made in a folder of the benchmark's own and go with it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Mapping
from pathlib import Path

_PACKAGES = ("django-helpdesk", "psycopg[binary]")
_SETTINGS = """
import json, pathlib
SECRET_KEY = "bench"
DEBUG = False
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
INSTALLED_APPS = [
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages",
    "django.contrib.sites", "django.contrib.humanize", "django.contrib.staticfiles", "django.contrib.admin",
    "rest_framework", "helpdesk",
]
SITE_ID = 1
ROOT_URLCONF = "peer_urls"
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
STATIC_URL = "/static/"
MEDIA_ROOT = str(pathlib.Path(__file__).parent / "media")
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ]},
}]
HELPDESK_TEAMS_MODE_ENABLED = False
DATABASES = {"default": json.loads((pathlib.Path(__file__).parent / "database.json").read_text())}
"""
_URLS = """
from django.urls import include, path
urlpatterns = [path("", include(("helpdesk.urls", "helpdesk"), namespace="helpdesk"))]
"""
_QUEUE = """
import os
from helpdesk.models import Queue
Queue.objects.create(
    title="Support", slug="support", allow_email_submission=True, email_address="support@example.test",
    email_box_type="imap", email_box_host=os.environ["IMAP_SERVER"], email_box_port=int(os.environ["IMAP_PORT"]),
    email_box_ssl=False, email_box_user=os.environ["IMAP_EMAIL"], email_box_pass=os.environ["IMAP_PASSWORD"],
    email_box_imap_folder="INBOX", email_box_interval=0,
)
"""
# What its command get_email does, timed without the start of Django.
_COLLECT = """
import json, resource, time
from helpdesk.email import process_email
from helpdesk.models import FollowUp, Ticket
begun, worked = time.perf_counter(), time.process_time()
process_email(quiet=True)
seconds, worked = time.perf_counter() - begun, time.process_time() - worked
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
rows = {"tickets": Ticket.objects.count(), "notes": FollowUp.objects.count()}
print(json.dumps({"seconds": seconds, "cpu": worked, "peak": peak} | rows))
"""


class PeerMissing(Exception):
    """It could not be installed, or does not run here."""


class Helpdesk:
    """An installation of django-helpdesk; each run begins with an empty database."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._python = folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"

    def install(self) -> str:
        """Install it and return its version; raises PeerMissing."""
        venv.create(self._folder / "venv", with_pip=True)
        try:
            self._run([self._python, "-m", "pip", "install", "--quiet", *_PACKAGES])
            asked = "from importlib.metadata import version; print(version('django-helpdesk'), version('django'))"
            helpdesk, django = self._run([self._python, "-c", asked]).split()
        except subprocess.CalledProcessError as error:
            raise PeerMissing((error.stderr or str(error)).strip().splitlines()[-1]) from error
        (self._folder / "peer_settings.py").write_text(_SETTINGS)
        (self._folder / "peer_urls.py").write_text(_URLS)
        return f"django-helpdesk {helpdesk} on Django {django}"

    def measure(self, mailbox: Mapping[str, str], database: Mapping[str, str]) -> dict[str, float]:
        """Let it take in what stands in the mailbox; returns seconds, CPU seconds, peak in MB, tickets and notes."""
        (self._folder / "database.json").write_text(json.dumps(database))
        try:
            self._manage(mailbox, "migrate", "--verbosity", "0")
            self._manage(mailbox, "shell", "-c", _QUEUE)
            found: dict[str, float] = json.loads(self._manage(mailbox, "shell", "-c", _COLLECT).splitlines()[-1])
        except subprocess.CalledProcessError as error:
            raise PeerMissing((error.stderr or str(error)).strip().splitlines()[-1]) from error
        return found

    def _manage(self, mailbox: Mapping[str, str], *words: str) -> str:
        named = {"DJANGO_SETTINGS_MODULE": "peer_settings", "PYTHONPATH": str(self._folder)}
        return self._run([self._python, "-m", "django", *words], dict(mailbox) | named)

    def _run(self, words: list[str | Path], environment: Mapping[str, str] | None = None) -> str:
        given = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | dict(environment or {})
        return subprocess.run(
            words, check=True, capture_output=True, text=True, cwd=self._folder, env=given, timeout=900
        ).stdout


def main() -> None:
    """Install it, to see whether that is possible here."""
    helpdesk = Helpdesk(Path(sys.argv[1]))
    print(helpdesk.install())


if __name__ == "__main__":
    main()
