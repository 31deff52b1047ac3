"""The bundle as a program: starts it, talks to it, ends it. Standard library only."""

import functools
import json
import os
import pathlib
import queue
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAYOUT = {"amount_cents": 2_500, "to": {"pix_key": {"key": "maria@example.com"}}}
CHARGE = {
    "method": "pix",
    "amount_cents": 1000,
    "payer": {"name": "Maria Silva", "document": {"type": "cpf", "number": "529.982.247-25"}},
}
# Builds every program once, with the same features as the tests.
PROGRAMS = ["cargo", "build", "--workspace", "--bins", "--examples", "--locked", "--quiet"]
# Without a proxy, because the bundle is on loopback.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))

# `kill` raises an exception, so that the programs it started end too.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


@functools.cache
def binary(name):
    """Returns the path of a binary of this workspace."""
    command = ["cargo", "metadata", "--offline", "--no-deps", "--format-version", "1"]
    answer = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True)
    file = pathlib.Path(json.loads(answer.stdout)["target_directory"], "debug", name)
    assert file.exists(), f"{file} does not exist; run: cargo build --package local"
    return str(file)


def environment(data_dir, port=0, **more):
    """Returns this environment with the bundle's settings and without NO_COLOR."""
    kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    return kept | {"DATA_DIR": str(data_dir), "PORT": str(port)} | more


def request(url, method="GET", headers=None, body=None):
    """Sends a request and returns status, headers and body, also for an error status."""
    if isinstance(body, (dict, list)):
        headers = {"Content-Type": "application/json"} | (headers or {})
        body = json.dumps(body)
    data = body.encode() if isinstance(body, str) else body
    message = urllib.request.Request(url, data, headers or {}, method=method)
    try:
        with OPENER.open(message, timeout=60) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.headers, refusal.read()


class Program:
    """A process and the lines of its output; `with` ends it as Ctrl-C does."""

    def __exit__(self, *_):
        self.stop()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def stop(self):
        self.process.terminate()
        try:
            return self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


class Bundle(Program):
    """`with Bundle(directory) as bundle:` runs from the first to the last line of the block."""

    LAST_LINE = "Stop with Ctrl-C."

    def __init__(self, data_dir, *arguments, ready_within=60, **settings):
        self.settings = settings
        self.data_dir, self.arguments, self.ready_within = pathlib.Path(data_dir), arguments, ready_within
        self.output, self.lines = "", queue.Queue()

    def __enter__(self):
        command = [binary("trilho-local"), *self.arguments]
        started = time.monotonic()
        self.process = subprocess.Popen(
            command,
            env=environment(self.data_dir, **self.settings),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        # A thread reads to the end, because a full pipe would stop the bundle.
        threading.Thread(target=self._read, daemon=True).start()
        try:
            while self.LAST_LINE not in self.output:
                left = started + self.ready_within - time.monotonic()
                line = self.lines.get(timeout=max(left, 0.001))
                assert line is not None, f"the bundle ended at once:\n{self.output}"
                self.output += line
        except BaseException as failure:
            self.stop()
            if isinstance(failure, queue.Empty):
                raise AssertionError(f"not ready within {self.ready_within} s:\n{self.output}") from None
            raise
        self.started_in = time.monotonic() - started
        self.base_url = re.search(r"http://127\.0\.0\.1:\d+", self.output)[0]
        self.demo = json.loads((self.data_dir / "demo.json").read_text())
        self.key = {"Authorization": f"Bearer {self.demo['api_user']['api_key']}"}
        return self

    def call(self, method, path, body=None, headers=None):
        """Sends a request with the demo's API key and reads the JSON answer."""
        status, _, answer = request(self.base_url + path, method, headers or self.key, body)
        return status, json.loads(answer) if answer else None

    def now(self, advance_seconds=0):
        """Moves the bundle's clock and returns the instant it then shows."""
        status, answer = self.call("POST", "/local/clock", {"advance_seconds": advance_seconds})
        assert status == 200, answer
        return answer["now"]
