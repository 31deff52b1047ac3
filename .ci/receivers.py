"""Checks that the receivers of docs/receivers accept what the bundle sends and nothing else: `make receivers`."""

import base64
import hmac
import http.server
import itertools
import json
import os
import queue
import re
import subprocess
import sys
import tempfile
import threading
import time

from bundle import CHARGE, ROOT, Bundle, Program, binary, request
from cache import node_modules, virtual_environment

RECEIVERS = ROOT / "docs/receivers"
# A guard against waiting for ever, and no claim about speed.
WITHIN_SECONDS = 60
# Largest clock difference that the libraries allow.
TOLERANCE_SECONDS = 5 * 60
# A port without a listener, used until the receiver has a port.
UNUSED_URL = "http://127.0.0.1:9/"
SVIX = """
import { Webhook } from "svix";
const { secret, headers, body } = JSON.parse((await import("node:fs")).readFileSync(0, "utf8"));
const verifies = (body) => { try { new Webhook(secret).verify(body, headers); return true; } catch { return false; } };
console.log(verifies(body), verifies(body + " "));
"""

numbers = itertools.count(1)


def main():
    python = virtual_environment("receivers-venv", RECEIVERS / "requirements.txt") / "bin/python"
    node = node_modules("receivers-node", RECEIVERS)
    receivers = {
        "Python": [python, RECEIVERS / "receiver.py"],
        "Node": ["node", node / "receiver.mjs"],
        "Rust": [binary("examples/receiver")],
    }
    with tempfile.TemporaryDirectory(prefix="trilho-receivers-") as directory, Bundle(directory) as bundle:
        what_is_sent(bundle, node)
        say("webhooks verify here and with svix")
        for language, command in receivers.items():
            began = time.monotonic()
            try:
                receive(bundle, command)
            except AssertionError as failure:
                raise AssertionError(f"{language}: {failure}") from failure
            say(f"{language}, {time.monotonic() - began:.1f} s")
    print("receivers: ok")


def say(text):
    print(f"  {text}", flush=True)


def equal(found, expected):
    assert found == expected, f"{found!r} is not {expected!r}"


class Receiver(Program):
    """`with Receiver(command, secret) as receiver:` runs from the first to the last line of the block."""

    def __init__(self, command, secret):
        self.command, self.secret = command, secret
        self.output, self.lines = "", queue.Queue()

    def __enter__(self):
        settings = os.environ | {"WEBHOOK_SECRET": self.secret, "PORT": "0"}
        pipe = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen(self.command, env=settings, **pipe)
        threading.Thread(target=self._read, daemon=True).start()
        try:
            self.expect(r"^listening on http://127\.0\.0\.1:\d+$")
        except BaseException:
            self.stop()
            raise
        self.url = re.search(r"http://\S+", self.output)[0] + "/"
        return self

    def expect(self, pattern):
        """Waits for a line."""
        until = time.monotonic() + WITHIN_SECONDS
        while not re.search(pattern, self.output, re.MULTILINE):
            try:
                line = self.lines.get(timeout=max(until - time.monotonic(), 0.001))
            except queue.Empty:
                raise AssertionError(f"no line {pattern} within {WITHIN_SECONDS} s:\n{self.output}") from None
            assert line is not None, f"the receiver ended:\n{self.output}"
            self.output += line

    def post(self, body, headers):
        """Posts a request directly to the receiver and returns its status."""
        return request(self.url, "POST", {"Content-Type": "application/json"} | headers, body)[0]


def receive(bundle, command):
    """Checks one language: it accepts the bundle's webhooks, also after a rotation, and refuses forged ones."""
    endpoint = made(bundle, "/v1/webhook-endpoints", {"url": UNUSED_URL, "events": ["*"]})
    path = f"/v1/webhook-endpoints/{endpoint['id']}"
    with Receiver(command, endpoint["secret"]) as old:
        send_to(bundle, path, old)
        arrive(bundle, old, endpoint, charges=1)
        forge(old)
        rotated = made(bundle, f"{path}/rotate", {"overlap_seconds": 60 * 60})
        assert rotated["secret"] != endpoint["secret"], "the secret is the same"
        arrive(bundle, old, endpoint, charges=2)
    with Receiver(command, rotated["secret"]) as new:
        send_to(bundle, path, new)
        arrive(bundle, new, endpoint, charges=3)
    status, answer = bundle.call("DELETE", path)
    equal((status, answer), (204, None))


def made(bundle, path, body):
    status, answer = bundle.call("POST", path, body, bundle.key | {"Idempotency-Key": f"receivers-{next(numbers)}"})
    assert status in (200, 201), answer
    return answer


def send_to(bundle, path, receiver):
    status, answer = bundle.call("PATCH", path, {"url": receiver.url})
    equal((status, answer.get("url")), (200, receiver.url))


def paid_charge(bundle):
    """Creates and pays a charge and returns its events, oldest first."""
    charge = made(bundle, "/v1/charges", CHARGE)
    made(bundle, f"/v1/sandbox/charges/{charge['id']}/pay", {})
    status, events = bundle.call("GET", f"/v1/events?object_id={charge['id']}&limit=100")
    equal(status, 200)
    events = sorted(events["data"], key=lambda event: event["sequence"])
    equal([event["type"] for event in events], ["charge.created", "charge.paid", "charge.credited"])
    return events


def arrive(bundle, receiver, endpoint, charges):
    """Waits for a line for each event, and until every delivery is delivered at the first attempt."""
    for event in paid_charge(bundle):
        about = event["data"]["object"]["id"]
        receiver.expect(f"^{event['id']} {event['type']} {about} sequence {event['sequence']}$")
    path, expected = f"/v1/deliveries?endpoint_id={endpoint['id']}&limit=100", [("delivered", 1)] * 3 * charges
    until, found = time.monotonic() + WITHIN_SECONDS, None
    # The receiver writes its line before the bundle stores the answer.
    while found != expected and time.monotonic() < until:
        deliveries = bundle.call("GET", path)[1]["data"]
        found = [(delivery["status"], delivery["attempts_made"]) for delivery in deliveries]
    equal(found, expected)


def signed(secret, event_id, body, timestamp=None):
    """Returns the headers of docs/webhooks.md, computed here."""
    timestamp = int(time.time()) if timestamp is None else timestamp
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{event_id}.{timestamp}.{body}".encode(), "sha256")
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"webhook-id": event_id, "webhook-timestamp": str(timestamp), "webhook-signature": signature}


def forge(receiver):
    """Posts forgeries, which are genuine requests with one change, and then genuine requests."""

    def event(sequence):
        event_id = f"evt_{sequence:026}"
        about = {"object": {"id": "chg_by_hand"}}
        return event_id, json.dumps({"id": event_id, "type": "charge.paid", "sequence": sequence, "data": about})

    event_id, body = event(6)
    genuine = signed(receiver.secret, event_id, body)
    stranger = signed("whsec_" + base64.b64encode(bytes(32)).decode(), event_id, body)
    now = int(genuine["webhook-timestamp"])
    forgeries = {
        "another secret": (body, stranger),
        "a changed body": (body.replace("chg_by_hand", "chg_by_mall"), genuine),
        "another id": (body, genuine | {"webhook-id": "evt_another"}),
        "another time": (body, genuine | {"webhook-timestamp": str(now - 1)}),
        "an old time": (body, signed(receiver.secret, event_id, body, now - TOLERANCE_SECONDS - 10)),
        "a time to come": (body, signed(receiver.secret, event_id, body, now + TOLERANCE_SECONDS + 10)),
        "no signature": (body, {}),
        "junk for a signature": (body, genuine | {"webhook-signature": "v1 v1, v1,? ?"}),
        "an unknown version": (body, genuine | {"webhook-signature": genuine["webhook-signature"].replace("v1", "v2")}),
        "no text": (b"\xff" + body.encode(), genuine),
        "nothing": (b"", genuine),
    }
    for what, (forged, headers) in forgeries.items():
        status = receiver.post(forged, headers)
        assert status == 401, f"{what} was answered with {status}"
    # Genuine requests: one twice, then one after a gap, the missing one, the next.
    for sequence in (1, 1, 3, 2, 4):
        event_id, body = event(sequence)
        equal(receiver.post(body, signed(receiver.secret, event_id, body)), 204)
    receiver.expect(r"^evt_0+4 charge\.paid chg_by_hand sequence 4$")
    by_hand = [line for line in receiver.output.splitlines() if "_by_" in line]
    equal(
        by_hand,
        [
            f"evt_{1:026} charge.paid chg_by_hand sequence 1",
            "gap: chg_by_hand was at sequence 1, now 3",
            f"evt_{3:026} charge.paid chg_by_hand sequence 3",
            f"evt_{2:026} charge.paid chg_by_hand sequence 2",
            f"evt_{4:026} charge.paid chg_by_hand sequence 4",
        ],
    )


class Recorder(http.server.BaseHTTPRequestHandler):
    """Stores the requests it receives."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.records.put((dict(self.headers), body.decode()))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def what_is_sent(bundle, node):
    """Checks headers and body of deliveries against docs/webhooks.md, and with the library of svix."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder) as server:
        server.records = queue.Queue()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        endpoint = {"url": f"http://127.0.0.1:{server.server_port}/", "events": ["charge.credited"]}
        endpoint = made(bundle, "/v1/webhook-endpoints", endpoint)
        event = paid_charge(bundle)[-1]
        try:
            headers, body = server.records.get(timeout=WITHIN_SECONDS)
        except queue.Empty:
            raise AssertionError(f"nothing was sent within {WITHIN_SECONDS} s") from None
        finally:
            server.shutdown()
    event = bundle.call("GET", f"/v1/events/{event['id']}")[1]
    equal(json.loads(body), event)
    equal(headers["content-type"], "application/json")
    assert headers["user-agent"].startswith("Trilho-Webhooks/"), headers["user-agent"]
    expected = signed(endpoint["secret"], event["id"], body, int(headers["webhook-timestamp"]))
    equal({name: headers[name] for name in expected}, expected)
    sent = json.dumps({"secret": endpoint["secret"], "headers": headers, "body": body})
    command = ["node", "--input-type=module", "--eval", SVIX]
    verdict = subprocess.run(command, cwd=node, input=sent, stdout=subprocess.PIPE, text=True, check=True)
    equal(verdict.stdout.split(), ["true", "false"])
    equal(bundle.call("DELETE", f"/v1/webhook-endpoints/{endpoint['id']}")[0], 204)


if __name__ == "__main__":
    try:
        main()
    except AssertionError as failure:
        sys.exit(f"receivers: failed: {failure}")
