"""A TypeScript client that a kept generator makes of the OpenAPI document compiles strictly, and works.

The generator comes from npm. Without Node.js the test is skipped, but not in CI (`CI` or `REGULARS_CI`), where it must run.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from secrets import token_hex

import pytest
from tests.service_factory import Service

from regulars.doors.http.app import routes
from regulars.doors.http.openapi import document
from regulars.doors.http.problems import encode

FOLDER = Path(__file__).parents[1] / "typescript"
MUST_RUN = bool(os.environ.get("CI") or os.environ.get("REGULARS_CI"))
# Fields that have a default may be left out of what is sent, and are left out of what is answered.
GENERATE = ["openapi-typescript", "openapi.json", "-o", "schema.ts", "--default-non-nullable=false"]
COMPILE = [
    "tsc",
    "--strict",
    "--noUncheckedIndexedAccess",
    "--module",
    "nodenext",
    "--target",
    "es2022",
    "--skipLibCheck",
]
SLIPS = {
    'type: "purchase", member,': 'type: "purchase", membre: member,',
    '"/v1/members/{member}/wallets"': '"/v1/members/{member}/walets"',
    "problem.pointer": "problem.pointr",
    "data.recorded": "data.recordings",
    "query: { explain: true }": 'query: { explain: "sí" }',
}
"""Planted slips: what stands in the program, and a mistake in its place that the types must find."""
TYPES_OF_NODE = "declare const process: { env: Record<string, string | undefined> };\n"


def missing(what: str) -> None:
    """Ends the test: as skipped with the reason, or as failed where it must run."""
    (pytest.fail if MUST_RUN else pytest.skip)(what)


@pytest.fixture
def workshop(tmp_path: Path) -> Path:
    """A folder with the tools, the document and what is generated of it."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        missing("the generated TypeScript client needs Node.js and npm (on Debian: apt-get install npm)")
    for name in ("package.json", "shop.ts"):
        shutil.copy(FOLDER / name, tmp_path)
    (tmp_path / "node.d.ts").write_text(TYPES_OF_NODE, encoding="utf-8")
    (tmp_path / "openapi.json").write_bytes(encode(document(routes())))
    install = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"]
    ended = subprocess.run(install, cwd=tmp_path, capture_output=True, text=True, check=False)
    if ended.returncode:
        missing(f"npm could not install {', '.join(tools())}: {ended.stderr[-500:]}")
    run(tmp_path, *GENERATE)
    return tmp_path


def tools() -> list[str]:
    package = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
    return [
        f"{name} {version}" for part in ("dependencies", "devDependencies") for name, version in package[part].items()
    ]


def run(folder: Path, tool: str, *words: str, good: bool = True) -> str:
    """What a tool prints."""
    program = str(folder / "node_modules" / ".bin" / tool)
    ended = subprocess.run([program, *words], cwd=folder, capture_output=True, text=True, check=False)
    assert (ended.returncode == 0) is good, ended.stdout + ended.stderr
    return ended.stdout


def test_a_generated_typescript_client_compiles_and_works_and_slips_do_not_compile(
    workshop: Path, running: Service
) -> None:
    told = (workshop / "shop.ts").read_text(encoding="utf-8")
    run(workshop, *COMPILE, "shop.ts", "node.d.ts")
    member = f"m_{token_hex(8)}"
    environment = {**os.environ, "URL": running.url, "KEY": running.key, "MEMBER": member}
    ended = subprocess.run(
        ["node", "shop.js"], cwd=workshop, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.stderr == ""
    sold, refused, holds = ended.stdout.splitlines()
    assert sold == "recorded: 3 points: 3 for 3.50"
    assert refused == "event.unknown_value /lines/0/kind 422"
    assert json.loads(holds)["available"] == "3"

    for place, (right, wrong) in enumerate(SLIPS.items()):
        assert right in told
        (workshop / f"slip{place}.ts").write_text(told.replace(right, wrong), encoding="utf-8")
    said = run(
        workshop, *COMPILE, "--noEmit", *(f"slip{place}.ts" for place in range(len(SLIPS))), "node.d.ts", good=False
    )
    assert [place for place in range(len(SLIPS)) if f"slip{place}.ts(" not in said] == []


def test_the_tools_are_pinned_and_no_registry_is_named() -> None:
    assert [tool for tool in tools() if not tool.split()[-1].replace(".", "").isdigit()] == []
    assert sorted(path.name for path in FOLDER.iterdir()) == ["package.json", "shop.ts"]
    assert not any("http" in path.read_text(encoding="utf-8") for path in FOLDER.iterdir())
