"""Checks the templates with cfn-lint and checkov: `make templates`.

Neither may use the network. Both also get broken templates, in which they must find the mistakes. The
rules of this repository are in infra/stack/src/rules.rs.
"""

import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import cache

ROOT = pathlib.Path(__file__).resolve().parents[1]
# Relative to ROOT, where both run, because checkov takes forty letters and slashes of a path for a secret.
TEMPLATES = sorted(path.relative_to(ROOT) for path in (ROOT / "infra").glob("**/*.yaml"))
CFN_LINT = ["--config-file", ".cfnlintrc", "--format", "parseable", "--"]
CHECKOV = ["--config-file", ".checkov.yaml", "--file"]

# Ends a program that looks up a host or connects to one.
OFFLINE = """
import os, runpy, sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname"):
        os.write(2, f"refused use of the network: {event} {arguments}\\n".encode())
        os._exit(70)
sys.addaudithook(refuse)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""

# A change of one template, and the code that the program must report.
BROKEN = {
    "cfn-lint": [
        ("functions/relay.yaml", "MemorySize: 512", "Memory: 512", "E3002"),
        ("functions/relay.yaml", "!GetAtt RelayChangesRole.Arn", "!GetAtt NoRole.Arn", "E1010"),
    ],
    "checkov": [
        ("template.yaml", "PointInTimeRecoveryEnabled: true", "PointInTimeRecoveryEnabled: false", "CKV_AWS_28"),
        ("template.yaml", "BlockPublicPolicy: true", "BlockPublicPolicy: false", "CKV_AWS_54"),
    ],
}


def run(venv, program, templates):
    """Runs a program and returns its exit status and output."""
    options = {"cfn-lint": CFN_LINT, "checkov": CHECKOV}[program]
    command = [venv / "bin/python", "-c", OFFLINE, venv / "bin" / program, *options, *templates]
    # Otherwise it asks a registry for its newest version.
    environment = os.environ | {"CKV_SKIP_PACKAGE_UPDATE_CHECK": "true"}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=900,
    )
    return done.returncode, done.stdout + done.stderr


def clean(venv, program):
    status, said = run(venv, program, TEMPLATES)
    assert status == 0, f"{program} found a problem; see .cfnlintrc and .checkov.yaml\n{said}"
    return f"{program}: no problem in {len(TEMPLATES)} templates"


def broken(venv, program):
    changes = BROKEN[program]
    name = changes[0][0]
    text = (ROOT / "infra" / name).read_text()
    for _, old, new, _ in changes:
        assert old in text, f"infra/{name} has no {old}; change BROKEN in {pathlib.Path(__file__).name}"
        text = text.replace(old, new, 1)
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "broken.yaml"
        copy.write_text(text)
        status, said = run(venv, program, [copy])
    codes = [code for *_, code in changes]
    missed = [code for code in codes if code not in said]
    assert status not in (0, 70) and not missed, f"{program} did not find {missed}\n{said}"
    return f"{program}: finds {' and '.join(codes)} in a broken template"


def main():
    began = time.monotonic()
    venv = cache.virtual_environment("templates-venv", ROOT / ".ci/requirements-templates.txt")
    work = [(step, program) for step in (clean, broken) for program in ("checkov", "cfn-lint")]
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        waiting = [pool.submit(step, venv, program) for step, program in work]
        for done in concurrent.futures.as_completed(waiting):
            print(done.result(), flush=True)
    print(f"templates ok, {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    try:
        main()
    except AssertionError as failure:
        sys.exit(str(failure))
