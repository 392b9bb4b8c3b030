"""A certificate authority of our own, for servers that speak TLS in tests."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Certificates:
    """An authority's certificate, and a server's certificate and key issued by it."""

    authority: Path
    server: Path
    key: Path


def issue(folder: Path, names: str = "DNS:localhost") -> Certificates:
    """Make an authority and one server certificate for these names (as OpenSSL writes subjectAltName)."""
    made = Certificates(folder / "authority.pem", folder / "server.pem", folder / "server.key")
    authority_key, request, extensions = folder / "authority.key", folder / "server.csr", folder / "names.cnf"
    extensions.write_text(f"subjectAltName={names}\nbasicConstraints=CA:FALSE\n")
    new_key = ["-newkey", "rsa:2048", "-nodes"]
    _openssl(
        "req", "-x509", *new_key, "-keyout", authority_key, "-out", made.authority, "-days", "2",
        "-subj", "/CN=Test authority", "-addext", "keyUsage=critical,keyCertSign",
    )  # fmt: skip
    _openssl("req", *new_key, "-keyout", made.key, "-out", request, "-subj", "/CN=Test server")
    _openssl(
        "x509", "-req", "-in", request, "-CA", made.authority, "-CAkey", authority_key, "-CAcreateserial",
        "-out", made.server, "-days", "2", "-extfile", extensions,
    )  # fmt: skip
    return made


def _openssl(*words: str | Path) -> None:
    subprocess.run(["openssl", *words], check=True, capture_output=True)
