"""Checks the OpenAPI document with linters and with clients that are generated from it: `make clients`."""

import datetime
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

from bundle import ROOT, Bundle
from cache import node_modules, virtual_environment
from contract import code

DOCUMENT = ROOT / "infra/openapi.json"
CLIENTS = ROOT / ".ci/clients"
# Each command takes seconds; this ends one that hangs.
COMMAND_SECONDS_MAX = 120


def main():
    python = virtual_environment("clients-venv", ROOT / ".ci/requirements-clients.txt") / "bin"
    node = node_modules("clients-node", CLIENTS)
    programs = node / "node_modules/.bin"
    spectral = [programs / "spectral", "lint", "--fail-severity", "hint"]
    step("spectral", [*spectral, "--ruleset", CLIENTS / "spectral.yaml", DOCUMENT])
    # It would report its use, and look for a newer version.
    alone = os.environ | {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    step("redocly", [programs / "redocly", "lint", "--config", CLIENTS / "redocly.yaml", DOCUMENT], env=alone)
    with tempfile.TemporaryDirectory(prefix="trilho-clients-") as directory, Bundle(directory) as bundle:
        story = {
            "BASE_URL": bundle.base_url,
            "API_KEY": bundle.demo["api_user"]["api_key"],
            "LOGIN": json.dumps(login(bundle)),
            "NO_PROXY": "127.0.0.1",
        }
        python_client(python, story)
        typescript_client(node, story)
    print("clients: ok")


def step(name, command, **settings):
    """Runs a program, and shows its output only if it fails."""
    began = time.monotonic()
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    run = subprocess.run(list(map(str, command)), timeout=COMMAND_SECONDS_MAX, **quiet, **settings)
    assert run.returncode == 0, f"{name}\n{run.stdout}"
    print(f"  {name}, {time.monotonic() - began:.1f} s", flush=True)
    return run.stdout


def login(bundle):
    """Returns the credentials of a person, with a fresh two-factor code."""
    person = bundle.demo["moderators"][0]
    now = datetime.datetime.fromisoformat(bundle.now()).timestamp()
    return {
        "email": person["email"],
        "password": person["password"],
        "totp_code": code(person["totp_secret"], now),
    }


def python_client(python, story):
    """Generates a client with openapi-python-client, without one warning, and plays the story."""
    with tempfile.TemporaryDirectory(prefix="trilho-python-") as directory:
        command = [python / "openapi-python-client", "generate", "--fail-on-warning", "--meta", "none"]
        command += ["--config", CLIENTS / "python.yaml", "--path", DOCUMENT]
        step("openapi-python-client", [*command, "--output-path", f"{directory}/client"])
        settings = os.environ | story | {"PYTHONPATH": directory}
        step("the story in Python", [python / "python", CLIENTS / "story.py"], env=settings)


def typescript_client(node, story):
    """Generates types with openapi-typescript, checks the webhooks strictly, and plays the story."""
    work = node / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    for file in ("story.ts", "webhooks.ts", "tsconfig.json"):
        shutil.copy(CLIENTS / file, work)
    programs = node / "node_modules/.bin"
    step("openapi-typescript", [programs / "openapi-typescript", DOCUMENT, "--output", work / "api.d.ts"])
    step("tsc, strict", [programs / "tsc", "--project", work])
    step("the story in TypeScript", ["node", work / "out/story.js"], env=os.environ | story)


if __name__ == "__main__":
    try:
        main()
    except AssertionError as failure:
        sys.exit(f"clients: failed: {failure}")
