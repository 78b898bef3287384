"""Asks pip-audit whether an installed package has a known vulnerability.

A vulnerability fails the run. A database that cannot be reached, or that knows none of the packages (as
behind a mirror), does not: a check that depends on somebody else's server must not stop work, but it must
say, in capitals, that it has not been made and why.
"""

from __future__ import annotations

import json
import subprocess
import sys

SECONDS = 180
UNREACHABLE = (
    "ConnectionError",
    "ConnectTimeout",
    "ReadTimeout",
    "HTTPError",
    "ProxyError",
    "SSLError",
    "Max retries exceeded",
    "NameResolutionError",
    "Failed to connect",
    "Connection refused",
    "Could not connect",
    "ServiceError",
    "Client Error",
    "Server Error",
)


def skipped(reason: str) -> int:
    """0, after saying why nothing was audited."""
    print("pip-audit: SKIPPED, nothing was audited: its vulnerability database cannot be reached from here.")
    print(f"  {reason}")
    return 0


def main() -> int:
    """0 when no vulnerability is known or none can be asked for, 1 when there is one, 2 when the tool itself fails."""
    options = ["--local", "--skip-editable", "--progress-spinner=off", "--format=json"]
    command = [sys.executable, "-m", "pip_audit", *options]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return skipped(f"no answer in {SECONDS} seconds")
    try:
        report = json.loads(run.stdout)
    except ValueError:
        last = next((line for line in reversed(run.stderr.strip().splitlines()) if line.strip()), "no message")
        if any(sign in run.stderr for sign in UNREACHABLE):
            return skipped(last[:300])
        print(run.stderr, file=sys.stderr)
        print(f"pip-audit failed (exit {run.returncode}) without a report.", file=sys.stderr)
        return 2
    asked = [package for package in report["dependencies"] if "vulns" in package]
    unasked = [package for package in report["dependencies"] if "vulns" not in package]
    if not asked:
        return skipped(unasked[0].get("skip_reason", "no reason given") if unasked else "no package was listed")
    found = [(package, vulnerability) for package in asked for vulnerability in package["vulns"]]
    for package, vulnerability in found:
        mended = ", ".join(vulnerability.get("fix_versions") or ()) or "no mended version yet"
        print(f"{package['name']} {package['version']}: {vulnerability['id']} (mended in: {mended})")
    for package in unasked:
        print(f"not audited: {package['name']}: {package.get('skip_reason', 'no reason given')}")
    print(f"pip-audit: {len(asked)} packages asked about, {len(found)} known vulnerabilities.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
