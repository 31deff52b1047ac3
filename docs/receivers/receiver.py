"""Receives Trilho's events: WEBHOOK_SECRET=whsec_... PORT=8000 python3 receiver.py"""

import http.server
import os
import queue
import threading

from standardwebhooks import Webhook, WebhookVerificationError

WEBHOOK = Webhook(os.environ["WEBHOOK_SECRET"])
BODY_BYTES_MAX = 1024 * 1024
accepted = queue.SimpleQueue()


class Receiver(http.server.BaseHTTPRequestHandler):
    timeout = 10  # Seconds for each read, so that a silent sender does not hold a thread.

    def do_POST(self):
        try:
            length = int(self.headers.get("Content-Length", 0))
            if not 0 <= length <= BODY_BYTES_MAX:
                return self.answer(413)
            # The signature covers the bytes as received, so verify them before you parse them.
            event = WEBHOOK.verify(self.rfile.read(length), dict(self.headers))
        except (WebhookVerificationError, ValueError):  # ValueError: not UTF-8, or not base64.
            return self.answer(401)
        # This example keeps events in memory. Write the event to your database or queue before the
        # 204, because Trilho does not send an event again after a 2xx.
        accepted.put(event)
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_):
        pass


def work():
    """Processes accepted events. Put slow work here, because it runs after the answer."""
    seen, last = set(), {}
    while event := accepted.get():
        if event["id"] in seen:
            continue
        seen.add(event["id"])
        about, sequence = event["data"]["object"]["id"], event["sequence"]
        newest = last.get(about, 0)
        if sequence > newest + 1:
            print(f"gap: {about} was at sequence {newest}, now {sequence}", flush=True)
        last[about] = max(newest, sequence)
        print(f"{event['id']} {event['type']} {about} sequence {sequence}", flush=True)


if __name__ == "__main__":
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8000"))), Receiver)
    threading.Thread(target=work, daemon=True).start()
    print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
