"""Read pip-audit's report of one lock: exit 1 with known vulnerabilities, 3 when nothing could be looked up."""

import json
import sys
from pathlib import Path


def main(lock: str, report: str, log: str) -> int:
    """Tell what was found in a line, and each vulnerability in a line of its own."""
    try:
        packages = json.loads(Path(report).read_text())["dependencies"]
    except ValueError:
        print(Path(log).read_text().strip().rpartition("\n")[2] or "pip-audit gave no report")
        return 3
    unknown = [package["name"] for package in packages if "skip_reason" in package]
    if len(unknown) == len(packages):
        print(f"the list that was reached knows none of the {len(packages)} packages of {lock}.")
        return 3
    flaws = [(package, flaw) for package in packages for flaw in package.get("vulns", ())]
    print(f"{lock}: {len(packages)} packages, {len(unknown)} not in the list, {len(flaws)} known vulnerabilities")
    for package, flaw in flaws:
        mended = ", ".join(flaw["fix_versions"]) or "no release yet"
        print(f"  {package['name']} {package['version']}: {flaw['id']}, mended in {mended}")
    return 1 if flaws else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
