"""Deploys the product on this machine (`make deploy-local`), and runs a command against it if there is one.

MiniStack emulates AWS and enforces the policies; docs/local-deploy.md lists the differences.
Standard library only.
"""

import concurrent.futures
import contextlib
import json
import os
import pathlib
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from bundle import PROGRAMS, ROOT, binary, request
from cache import virtual_environment

REGION = "sa-east-1"
STACK = "trilho-sandbox"
ZIPS = "dist/local"
READY_SECONDS_MAX = 60
LOG_LINES_SHOWN = 60
# Lines that Lambda itself writes around each invocation.
PLATFORM_LINE = re.compile(r"(START|END|REPORT|INIT_START) ")


def main(command):
    venv = virtual_environment("stack-venv", ROOT / ".ci/requirements-stack.txt")
    run(*PROGRAMS)
    xtask = binary("xtask")
    run(xtask, "dist", "--profile", "dev", "--host", "--out", ZIPS)
    with tempfile.TemporaryDirectory(prefix="trilho-stack-") as folder, Emulator(venv, folder) as emulator:
        try:
            began = time.monotonic()
            run(xtask, "deploy", "--stage", "sandbox", "--dist", ZIPS, "--yes", env=emulator.env)
            say(f"deployed in {time.monotonic() - began:.0f} s")
            outputs = emulator.outputs()
            url = emulator.api_url(outputs)
            if not command:
                return hold(emulator, url)
            more = {"API_URL": url, "STACK_NAME": STACK, "STACK_OUTPUTS": json.dumps(outputs)}
            # Links to files lead to the emulator.
            more["SSL_CERT_FILE"] = emulator.settings["AWS_CA_BUNDLE"]
            run(*command, env=emulator.env | more)
        except AssertionError:
            emulator.report()
            raise
    print("stack: ok")


def hold(emulator, url):
    """Keeps the emulator running until Ctrl-C."""
    settings = emulator.folder / "env"
    settings.write_text("".join(f"export {name}='{value}'\n" for name, value in emulator.settings.items()))
    say(f"API_URL={url}")
    say(f"For the AWS CLI, in another terminal: . {settings}")
    say(f"Log of MiniStack: {emulator.log}")
    say("Stop with Ctrl-C, which deletes all data.")
    with contextlib.suppress(KeyboardInterrupt):
        emulator.process.wait()
        raise AssertionError("MiniStack ended")


def say(text):
    print(f"  {text}", flush=True)


def run(*command, **more):
    """Runs a program with the same output, and fails if it fails."""
    status = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, **more).returncode
    assert status == 0, f"{' '.join(command)} ended with status {status}"


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [taken.getsockname()[1] for taken in sockets]


class Emulator:
    """`with Emulator(venv, folder) as emulator:` runs from the first to the last line of the block."""

    def __init__(self, venv, folder):
        assert shutil.which("openssl"), "install openssl from your system's packages"
        self.venv, self.folder = venv, pathlib.Path(folder)
        self.log = self.folder / "ministack.log"
        aws_port, callers_port = free_ports(2)
        self.callers_url = f"http://127.0.0.1:{callers_port}"
        # Makes a client of AWS the root of the emulated account, without access to a real one.
        self.settings = {
            "AWS_ENDPOINT_URL": f"https://127.0.0.1:{aws_port}",
            "AWS_CA_BUNDLE": str(self.folder / "ministack-tls/server.crt"),
            "AWS_ACCESS_KEY_ID": "root",
            "AWS_SECRET_ACCESS_KEY": secrets.token_hex(16),
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_PAGER": "",
            "PATH": f"{venv / 'bin'}:{os.environ['PATH']}",
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        self.env = kept | self.settings
        self.command = [venv / "bin/python", ROOT / ".ci/emulator.py", str(callers_port)]
        # Functions inherit it, so it has no variables of this program.
        self.own = {
            "AUTH": "true",
            "GATEWAY_PORT": str(aws_port),
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "MINISTACK_REGION": REGION,
            "PATH": os.defpath,
            "S3_DATA_DIR": str(self.folder / "s3"),
            "STATE_DIR": str(self.folder / "state"),
            "TMPDIR": str(self.folder),
            "USE_SSL": "1",
        } | {name: self.settings[name] for name in self.settings if re.match("AWS_(ENDPOINT|ACCESS|SECRET)", name)}

    def __enter__(self):
        began = time.monotonic()
        with self.log.open("w") as log:
            # In its own process group, so that Ctrl-C reaches only this program, and its functions end with it.
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=self.own,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            while not self.healthy():
                late = time.monotonic() - began > READY_SECONDS_MAX
                assert self.process.poll() is None and not late, f"MiniStack did not start:\n{self.log_tail()}"
                time.sleep(0.1)
        except BaseException:
            self.__exit__()
            raise
        say(f"MiniStack is ready after {time.monotonic() - began:.1f} s")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=60)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def healthy(self):
        with contextlib.suppress(OSError):
            return request(f"{self.callers_url}/_ministack/health")[0] == 200

    def aws(self, *arguments):
        """Runs the AWS CLI and returns its answer."""
        command = [self.venv / "bin/aws", "--output", "json", *arguments]
        answer = subprocess.run(command, env=self.env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert answer.returncode == 0, f"aws {' '.join(arguments)}: {answer.stderr}"
        return json.loads(answer.stdout)

    def outputs(self):
        [stack] = self.aws("cloudformation", "describe-stacks", "--stack-name", STACK)["Stacks"]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def api_url(self, outputs):
        """Returns the URL of the API by path, because most clients do not resolve names below `localhost`."""
        api_id = re.match(r"https?://([^.]+)\.execute-api\.", outputs["ApiUrl"])[1]
        return f"{self.callers_url}/_aws/execute-api/{api_id}"

    def log_tail(self):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:])

    def report(self):
        """Prints logs that may explain a failure."""
        print(f"\nThe last lines of MiniStack:\n{self.log_tail()}\n\nWarnings and errors that functions logged:")
        with contextlib.suppress(AssertionError), concurrent.futures.ThreadPoolExecutor(4) as several:
            groups = self.aws("logs", "describe-log-groups", "--log-group-name-prefix", "/aws/lambda/")["logGroups"]
            names = [group["logGroupName"] for group in groups]
            for name, messages in zip(names, several.map(self.complaints, names)):
                for message in messages:
                    print(f"{name}: {message}")

    def complaints(self, group):
        events = self.aws("logs", "filter-log-events", "--log-group-name", group)["events"]
        messages = [event["message"].strip() for event in events]
        return [message for message in messages if not PLATFORM_LINE.match(message) and not is_well(message)]


def is_well(message):
    """Returns true for a line of level info. Any other line is a failure, a panic or the runtime's."""
    with contextlib.suppress(ValueError, AttributeError):
        return json.loads(message).get("level") == "info"


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except AssertionError as failure:
        sys.exit(f"stack: failed: {failure}")
