"""Measures PostgreSQL on one hot balance, beside the table of writers of `make bench`.

python3 tests/bench/hot_balance.py

Each transaction locks the balance of one account, checks it, writes an entry and changes the balance; the
second table writes ten rows of 400 bytes more, as many as a payout of ours has. PostgreSQL runs in a
temporary folder, listens on a socket in it, and ends with this program. It needs the programs of Debian's
packages `postgresql` and `postgresql-contrib`. Standard library only.
"""

import glob
import os
import pathlib
import pwd
import resource
import shutil
import subprocess
import sys
import tempfile

CLIENTS = (1, 8, 64, 256)
SECONDS = 10
ROWS_MORE = 10
SCHEMA = """
CREATE TABLE balances (account_id bigint PRIMARY KEY, available_cents bigint NOT NULL CHECK (available_cents >= 0));
CREATE TABLE entries (id bigserial PRIMARY KEY, account_id bigint NOT NULL, amount_cents bigint NOT NULL,
    balance_cents bigint NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE documents (kind int NOT NULL, id bigserial, body bytea NOT NULL, PRIMARY KEY (kind, id));
INSERT INTO balances VALUES (1, 1000000000000);
"""
TRANSACTION = """
\\set amount random(100, 5000)
BEGIN;
SELECT available_cents FROM balances WHERE account_id = 1 FOR UPDATE \\gset
\\if :available_cents >= :amount
INSERT INTO entries (account_id, amount_cents, balance_cents) VALUES (1, -:amount::bigint, :available_cents::bigint - :amount::bigint);
UPDATE balances SET available_cents = available_cents - :amount::bigint WHERE account_id = 1;
{more}\\endif
COMMIT;
"""


def main():
    programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
    assert programs, "install postgresql from your system's packages"
    programs = pathlib.Path(programs[-1])
    version = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True)
    print(version.stdout.strip(), flush=True)
    with tempfile.TemporaryDirectory(prefix="trilho-postgres-") as folder, Server(programs, pathlib.Path(folder)) as server:
        documents = ", ".join(f"({kind}, decode(repeat(md5(random()::text), 25), 'hex'))" for kind in range(ROWS_MORE))
        more = f"INSERT INTO documents (kind, body) VALUES {documents};\n"
        print("\nOne balance and one entry\n")
        server.table(TRANSACTION.format(more=""))
        print(f"\nThe same, and {ROWS_MORE} rows of 400 bytes\n")
        server.table(TRANSACTION.format(more=more))


class Server:
    """`with Server(programs, folder) as server:` runs PostgreSQL with its default settings in the block."""

    def __init__(self, programs, folder):
        self.programs, self.folder = programs, folder
        # PostgreSQL does not run as root.
        self.user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name

    def __enter__(self):
        shutil.chown(self.folder, self.user)
        self.run("initdb", "--pgdata", self.folder / "data", "--username", "bench", "--auth", "trust")
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder} -c max_connections=300"
        self.run("pg_ctl", "start", "--wait", "--pgdata", self.folder / "data", "--options", options, "--log", self.folder / "log")
        self.run("psql", "--quiet", "--command", SCHEMA, *self.target())
        self.pid = (self.folder / "data/postmaster.pid").read_text().split()[0]
        return self

    def __exit__(self, *_):
        self.run("pg_ctl", "stop", "--mode", "fast", "--pgdata", self.folder / "data")

    def target(self):
        return "--host", self.folder, "--username", "bench", "postgres"

    def run(self, program, *arguments):
        command = [self.programs / program, *arguments]
        user = {"user": self.user} if os.getuid() == 0 else {}
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, **user)
        assert done.returncode == 0, f"{program}: {done.stderr}"
        return done.stdout

    def cpu_seconds(self):
        """Returns the time that the server and its processes that ended have run."""
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")

    def table(self, text):
        script = self.folder / "script.sql"
        script.write_text(text)
        print("| clients | transactions/s | CPU of the server each | of pgbench each | p50 | p99 |")
        print("|---|---|---|---|---|---|")
        for clients in CLIENTS:
            for log in self.folder.glob("pgbench_log*"):
                log.unlink()
            server, caller = self.cpu_seconds(), children_seconds()
            threads = min(clients, 2)
            options = ("--no-vacuum", "--client", str(clients), "--jobs", str(threads), "--time", str(SECONDS))
            self.run("pgbench", *options, "--log", "--file", script, "--protocol", "prepared", *self.target())
            # A client that disconnects has its time counted when the server has noticed.
            self.run("psql", "--quiet", "--command", "CHECKPOINT", *self.target())
            server, caller = self.cpu_seconds() - server, children_seconds() - caller
            lines = [line.split() for log in self.folder.glob("pgbench_log*") for line in log.read_text().splitlines()]
            times = sorted(int(line[2]) for line in lines)
            p50, p99 = (times[len(times) * percent // 100] for percent in (50, 99))
            micros = [f"{seconds * 1e6 / len(times):.0f} us" for seconds in (server, caller)]
            row = (clients, f"{len(times) / SECONDS:.0f}", *micros, f"{p50 / 1000:.1f} ms", f"{p99 / 1000:.1f} ms")
            print("| " + " | ".join(map(str, row)) + " |", flush=True)


def children_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    sys.exit(main())
