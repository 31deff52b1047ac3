"""Smoke test of the local bundle, started as users start it: `make smoke`. Standard library only."""

import hashlib
import json
import os
import pathlib
import pty
import re
import shlex
import stat
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from datetime import datetime, timedelta, timezone

from bundle import CHARGE, ROOT, Bundle, binary, environment, request

# A guard, and no claim about speed.
READY_SECONDS_MAX = 60
MEMORY_MB_MAX = 150
COLUMNS_MAX = 80
DAY_SECONDS = 24 * 60 * 60


def main():
    with tempfile.TemporaryDirectory(prefix="trilho-smoke-") as data_dir:
        with Bundle(data_dir, ready_within=READY_SECONDS_MAX) as bundle:
            say(f"ready in {bundle.started_in:.1f} s")
            check("memory when idle", memory, bundle)
            check("only the port of the API is open", open_ports, bundle)
            check("demo.json", demo_file, bundle)
            check("plain text without a terminal", no_colour, bundle.output)
            check("the printed commands", printed_commands, bundle)
            check("/health, /openapi.json, /docs/", pages, bundle)
            check("a taken port", taken_port, bundle)
            check("a taken data directory", taken_data_dir, bundle)
            check("a page of another site", other_site, bundle)
            check("trilho-demo", demo, bundle)
            check("trilho-demo again, with the same program", demo_again, bundle)
            check("trilho-listen", listen, bundle)
            kept = check("the clock expires a charge", expiry, bundle)
        with Bundle(data_dir) as bundle:
            check("a restart keeps the data", restart, bundle, kept)
        with Bundle(data_dir, "--reset") as bundle:
            check("--reset starts clean", reset, bundle, kept)
    check("a first start that was killed", killed)
    print("smoke: ok")


def open_ports(bundle):
    """The table, the queue and the bucket have no port that another program could use."""
    process = pathlib.Path("/proc", str(bundle.process.pid), "fd")
    links = [os.readlink(entry) for entry in process.iterdir()]
    inodes = {link[len("socket:["):-1] for link in links if link.startswith("socket:[")}
    rows = []
    for name in ("tcp", "tcp6"):
        rows += [line.split() for line in pathlib.Path("/proc/net", name).read_text().splitlines()[1:]]
    listening = {int(row[1].rsplit(":")[-1], 16) for row in rows if row[3] == "0A" and row[9] in inodes}
    port = urllib.parse.urlsplit(bundle.base_url).port
    assert listening == {port}, f"listens on {listening}, not on {port} alone"


def say(text):
    print(f"  {text}", flush=True)


def check(name, function, *arguments):
    """Runs a check and names it in the output and in a failure."""
    try:
        outcome = function(*arguments)
    except AssertionError as failure:
        raise AssertionError(f"{name}: {failure}") from failure
    say(name)
    return outcome


def equal(found, expected):
    assert found == expected, f"{found!r} is not {expected!r}"


def memory(bundle):
    with open(f"/proc/{bundle.process.pid}/status", encoding="ascii") as status:
        kilobytes = int(re.search(r"VmRSS:\s+(\d+) kB", status.read())[1])
    assert kilobytes < MEMORY_MB_MAX * 1024, f"{kilobytes} kB"


def demo_file(bundle):
    file = bundle.data_dir / "demo.json"
    equal(stat.S_IMODE(file.stat().st_mode), 0o600)
    shape = bundle.demo
    equal(set(shape), {"base_url", "account_id", "moderators", "api_user"})
    equal(shape["base_url"], bundle.base_url)
    equal([set(person) for person in shape["moderators"]], [{"email", "password", "totp_secret"}] * 2)
    equal(set(shape["api_user"]), {"id", "api_key"})


def no_colour(text):
    assert "\x1b" not in text, repr(text)


def narrow(text):
    """Checks that lines have room in a narrow terminal, except for the key, codes of receipts and paths of the user."""
    long = ("KEY=", "/receipts/", tempfile.gettempdir())
    kept = [line for line in text.splitlines() if not any(part in line for part in long)]
    equal([line for line in kept if len(line) > COLUMNS_MAX], [])


def printed_commands(bundle):
    narrow(bundle.output)
    [key] = re.findall(r"^KEY=(\S+)$", bundle.output, re.MULTILINE)
    equal(key, bundle.demo["api_user"]["api_key"])
    blocks = bundle.output.split("\n\n")
    commands = [block[block.index("curl ") :] for block in blocks if re.search(r"^curl ", block, re.MULTILINE)]
    equal(len(commands), 3)
    commands = [command.replace("\\\n", " ").replace("$KEY", key) for command in commands]
    new, paid, seen = [curl(command) for command in commands]
    equal((new[0], new[1]["status"]), (201, "pending"))
    equal((paid[0], paid[1]["status"]), (200, "credited"))
    equal((seen[0], seen[1]["id"], seen[1]["status"]), (200, paid[1]["id"], "credited"))


def curl(command):
    """Sends the request of a printed line, because curl may not be installed."""
    words = iter(shlex.split(command)[1:])
    url, method, headers, body = None, None, {}, None
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-H":
            name, value = next(words).split(": ", 1)
            headers[name] = value
        elif word == "-d":
            body = next(words)
        elif word == "-w":
            next(words)
        elif word != "-s":
            url = word
    status, _, answer = request(url, method or ("POST" if body else "GET"), headers, body)
    return status, json.loads(answer)


def pages(bundle):
    equal(bundle.call("GET", "/health"), (200, {"status": "ok"}))
    status, _, openapi = request(bundle.base_url + "/openapi.json")
    equal(status, 200)
    assert openapi == (ROOT / "infra/openapi.json").read_bytes(), "/openapi.json is not infra/openapi.json"
    docs = bundle.base_url + "/docs/"
    status, headers, page = request(docs)
    equal((status, headers.get_content_type()), (200, "text/html"))
    links = re.findall(r"""(?:src|href)\s*=\s*["']([^"']+)""", page.decode())
    assert links, "the page has no links"
    for link in links:
        url = urllib.parse.urljoin(docs, link)
        assert url.startswith(docs), f"/docs/ refers to another host: {link}"
        status, _, file = request(url)
        assert status == 200 and file, f"{link} answers {status}"
    assert b"<title>Trilho</title>" in page, "/docs/ has another title"
    initializer = request(docs + "swagger-initializer.js")[2]
    for part in (b'"/openapi.json"', b'request.headers["X-Requested-With"] = "trilho"', b'session.name = "trilho"'):
        assert part in initializer, f"/docs/ lacks {part}"
    status, headers, page = request(bundle.base_url + "/docs/errors")
    equal((status, headers.get_content_type()), (200, "text/html"))
    for path in ("/health", "/docs/", "/docs/errors"):
        equal((path, request(bundle.base_url + path, "HEAD")[0]), (path, 200))


def taken_port(bundle):
    port = bundle.base_url.rsplit(":", 1)[1]
    second = subprocess.run(
        [binary("trilho-local")],
        env=environment(bundle.data_dir, port),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert second.returncode != 0, "a second bundle started on the same port"
    assert port in second.stderr and "PORT=4001" in second.stderr, second.stderr


def taken_data_dir(bundle):
    second = subprocess.run(
        [binary("trilho-local")],
        env=environment(bundle.data_dir),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert second.returncode == 1, "a second bundle started on the same data directory"
    assert str(bundle.data_dir) in second.stderr and "PORT=4001" in second.stderr, second.stderr
    equal(json.loads((bundle.data_dir / "demo.json").read_text())["base_url"], bundle.base_url)


def other_site(bundle):
    """Sends what a page of another site can send without asking, and what a rebound name would send."""
    move = '{"advance_seconds": 60}'
    for headers in ({"Content-Type": "text/plain"}, {"Content-Type": "application/json", "Origin": "http://evil.example"}):
        status, _, _ = request(bundle.base_url + "/local/clock", "POST", headers, move)
        assert status in (403, 415), status
    status, _, problem = request(bundle.base_url + "/v1/me", headers={"Host": "evil.example"})
    equal((status, json.loads(problem)["code"]), (403, "cross_site_request"))
    status, headers, _ = request(bundle.base_url + "/health", "OPTIONS", {"Origin": "http://evil.example"})
    assert status == 405 and "Access-Control-Allow-Origin" not in headers, headers


def killed():
    """Kills a first start at several moments of it; the next start must begin again."""
    with tempfile.TemporaryDirectory(prefix="trilho-smoke-") as data_dir:
        for milliseconds in (20, 50, 90, 140, 200):
            process = subprocess.Popen(
                [binary("trilho-local")],
                env=environment(data_dir),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            time.sleep(milliseconds / 1000)
            process.kill()
            process.wait()
        with Bundle(data_dir) as bundle:
            equal(bundle.call("GET", "/v1/me")[0], 200)


def demo(bundle):
    """Runs the demo, and checks its webhooks and the file that it saves."""
    text = run_demo(bundle)
    assert re.search(r"^  key +\S+", text, re.MULTILINE), text
    equal(stat.S_IMODE((bundle.data_dir / "demo-program.json").stat().st_mode), 0o600)
    [file] = bundle.data_dir.glob("statement_*.csv")
    equal(file.read_bytes(), statement(bundle))


def demo_again(bundle):
    program = (bundle.data_dir / "demo-program.json").read_text()
    text = run_demo(bundle)
    assert "of an earlier demo" in text and "logs in" not in text, text
    equal((bundle.data_dir / "demo-program.json").read_text(), program)


def run_demo(bundle):
    """Runs the demo on a terminal with NO_COLOR, without which its output would have colour."""
    terminal, program = pty.openpty()
    settings = environment(bundle.data_dir, NO_COLOR="1")
    with subprocess.Popen([binary("trilho-demo")], env=settings, stdin=program, stdout=program, stderr=program) as story:
        os.close(program)
        text = read_to_end(terminal).decode()
        assert story.wait(timeout=120) == 0, text
    for event in ("charge.credited", "payout.paid", "refund.paid", "statement_export.ready"):
        assert re.search(rf"^  {event} .*  verified", text, re.MULTILINE), text
    equal(endpoints(bundle), [])
    no_colour(text)
    narrow(text)
    assert f"DATA_DIR={bundle.data_dir} make listen" in text, text
    return text


def statement(bundle):
    """Returns the file of the newest export, after a check of its hash."""
    _, listed = bundle.call("GET", "/v1/statement-exports?limit=1")
    _, export = bundle.call("GET", f"/v1/statement-exports/{listed['data'][0]['id']}")
    status, _, file = request(export["download"]["url"])
    equal((status, hashlib.sha256(file).hexdigest()), (200, export["file"]["sha256"]))
    return file


def read_to_end(terminal):
    chunks = []
    while True:
        try:
            chunks.append(os.read(terminal, 65536))
        except OSError:  # Linux reports the end of a terminal like this.
            os.close(terminal)
            return b"".join(chunks)


def endpoints(bundle):
    status, listed = bundle.call("GET", "/v1/webhook-endpoints")
    equal(status, 200)
    return [endpoint["id"] for endpoint in listed["data"]]


def listen(bundle):
    """Checks that it shows the event of a new charge, and deletes its endpoint."""
    kept = {name: value for name, value in environment(bundle.data_dir).items() if name not in ("URL", "VERBOSE")}
    listener = subprocess.Popen(
        [binary("trilho-listen")],
        env=kept | {"EVENTS": "charge.created"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    # Ends the waits below.
    watchdog = threading.Timer(30, listener.kill)
    watchdog.start()
    try:
        wait_for_line(listener, "Stop with Ctrl-C")
        equal(len(endpoints(bundle)), 1)
        headers = bundle.key | {"Idempotency-Key": "smoke-listen"}
        status, charge = bundle.call("POST", "/v1/charges", CHARGE, headers)
        equal(status, 201)
        line = wait_for_line(listener, charge["id"])
        assert "charge.created" in line and line.endswith(" verified\n"), line
        narrow(line)
        listener.terminate()
        wait_for_line(listener, "Stopped. Endpoint")
        equal(listener.wait(), 0)
        equal(endpoints(bundle), [])
    finally:
        watchdog.cancel()
        listener.kill()
        listener.stdout.close()
        listener.wait()


def wait_for_line(process, part):
    seen = ""
    for line in process.stdout:
        seen += line
        if part in line:
            return line
    raise AssertionError(f"it ended, or took too long, before {part!r}:\n{seen}")


def expiry(bundle):
    """Returns what a restart must keep: a credited charge, a file, the key, and the moved clock."""
    status, listed = bundle.call("GET", "/v1/charges?status=credited&limit=1")
    equal(status, 200)
    headers = bundle.key | {"Idempotency-Key": "smoke-expiry"}
    status, charge = bundle.call("POST", "/v1/charges", CHARGE, headers)
    equal((status, charge["status"]), (201, "pending"))
    bundle.now(advance_seconds=DAY_SECONDS + 1)
    path = f"/v1/charges/{charge['id']}"
    equal(bundle.call("GET", path)[1]["status"], "expired")
    kept = {"credited": listed["data"][0]["id"], "expired": charge["id"], "demo": bundle.demo}
    return kept | {"statement": statement(bundle)}


def restart(bundle, kept):
    equal(bundle.demo["api_user"], kept["demo"]["api_user"])
    equal(bundle.demo["moderators"], kept["demo"]["moderators"])
    for status in ("credited", "expired"):
        equal(bundle.call("GET", f"/v1/charges/{kept[status]}")[1]["status"], status)
    equal(statement(bundle), kept["statement"])
    assert ahead(bundle) > timedelta(seconds=DAY_SECONDS), f"the clock is {ahead(bundle)} ahead"


def reset(bundle, kept):
    old_key = {"Authorization": f"Bearer {kept['demo']['api_user']['api_key']}"}
    equal(bundle.call("GET", "/v1/me", headers=old_key)[0], 401)
    equal(bundle.call("GET", f"/v1/charges/{kept['credited']}")[0], 404)
    assert ahead(bundle) < timedelta(minutes=1), f"the clock is {ahead(bundle)} ahead"


def ahead(bundle):
    return datetime.fromisoformat(bundle.now()) - datetime.now(timezone.utc)


if __name__ == "__main__":
    try:
        main()
    except AssertionError as failure:
        sys.exit(f"smoke: failed: {failure}")
