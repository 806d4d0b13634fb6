#!/usr/bin/env python3
"""CPU time of a whole process that sends one message of 1 KiB, `smtp send` beside `curl`.

    swift build -c release --product smtp --static-swift-stdlib
    strip .build/release/smtp
    python3 Tests/MicroBenchmarks/cold_start.py [TOOL] [RUNS]

TOOL is .build/release/smtp unless given, RUNS is 50. A server of this script takes the messages on the loopback
interface, on a thread of its own. The programs run by turns, so that whatever else the machine does disturbs both
alike. Without --static-swift-stdlib a third of the time of `smtp` goes into finding symbols in the shared libraries of
Swift, and without strip more pages of the program are touched. What is compared is user and system time of the child as the kernel counts it (wait4): no server, no start of
Python, no waiting. Printed are the median and the least of each, and the ratio of the medians, which is to be 2 at
most. The script ends with 1 where it is more, where a program fails or where a message did not arrive.
"""

import os
import shutil
import socketserver
import statistics
import subprocess
import sys
import tempfile
import threading


class Session(socketserver.StreamRequestHandler):
    """Takes any message; offers what most servers do."""

    messages = []

    def reply(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self):
        self.reply("220 loopback.example ESMTP")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                self.reply("250-loopback.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 10000000")
            elif verb == b"DATA":
                self.reply("354 go on")
                content = []
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    content.append(line)
                self.messages.append(b"".join(content))
                self.reply("250 2.0.0 queued as 1")
            elif verb == b"QUIT":
                self.reply("221 bye")
                return
            else:
                self.reply("250 ok")


class Server(socketserver.ThreadingTCPServer):
    """A server on a port that the system chooses."""

    daemon_threads = True
    allow_reuse_address = True


def cpu_seconds(command):
    """User and system time of one run."""
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]} ended with {process.returncode}: {errors.decode(errors='replace')}")
    return usage.ru_utime + usage.ru_stime


def main():
    tool = sys.argv[1] if len(sys.argv) > 1 else ".build/release/smtp"
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    curl = shutil.which("curl")
    if curl is None:
        sys.exit("curl is not installed")
    header = b"From: ann@example.org\r\nTo: bob@example.net\r\nSubject: cold start\r\n\r\n"
    message = (header + b"sixty-two octets and a line end make this line of the message.\r\n" * 16)[:1022] + b"\r\n"
    with tempfile.NamedTemporaryFile() as file, Server(("127.0.0.1", 0), Session) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        file.write(message)
        file.flush()
        place = f"127.0.0.1:{server.server_address[1]}"
        envelope = ["--from", "ann@example.org", "--to", "bob@example.net"]
        commands = {
            "smtp": [tool, "send", "--server", f"smtp://{place}?tls=none", *envelope, "--eml", file.name],
            "curl": [
                curl, "--silent", "--show-error", f"smtp://{place}", "--mail-from", "ann@example.org",
                "--mail-rcpt", "bob@example.net", "--upload-file", file.name,
            ],
        }
        for command in commands.values():
            cpu_seconds(command)
        times = {name: [] for name in commands}
        for _ in range(runs):
            for name, command in commands.items():
                times[name].append(cpu_seconds(command))
        server.shutdown()
    if Session.messages != [message] * (2 * runs + 2):
        sys.exit("not every message arrived as it was sent")
    for name, values in times.items():
        print(f"{name}: median {statistics.median(values) * 1e3:.2f} ms, least {min(values) * 1e3:.2f} ms")
    ratio = statistics.median(times["smtp"]) / statistics.median(times["curl"])
    print(f"ratio of the medians: {ratio:.2f}")
    return 0 if ratio <= 2 else 1


if __name__ == "__main__":
    sys.exit(main())
