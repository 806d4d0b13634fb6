#!/usr/bin/env python3
"""aiosmtpd as it comes, on a TCP port (SMTP) and a Unix socket (LMTP), storing each message it accepts.

    aiosmtpd_server.py PORT LMTP_SOCKET DIRECTORY

Message n becomes DIRECTORY/NNNN.eml and then DIRECTORY/NNNN.json, both before the final reply, which ends in
"queued as NNNN".

The .eml holds the octets that the client wanted delivered: after un-stuffing and without the line that holds the
final dot. Nothing is added, converted or left out; lone CR, lone LF, NUL and 8-bit octets stay. Only CRLF ends a
line. A line of more than 1001 octets on the wire (with its stuffed dot and its CRLF) makes aiosmtpd answer 500 after
the final dot, and more than 64 MiB of content makes it answer 552. For either it gives one reply, in LMTP too.

The .json holds protocol ("SMTP" or "LMTP"), host_name, mail_from ("" for the null path), mail_options, rcpt_tos,
rcpt_options, smtp_utf8 and size. Addresses are without angle brackets; octets that are no UTF-8 appear as \\xNN.

A recipient whose local part begins with "rcpt-NNN" is refused with that reply at RCPT. One that begins with
"final-NNN" gets that reply after the content: its own reply in LMTP, the whole message's in SMTP.

aiosmtpd announces SIZE, 8BITMIME, SMTPUTF8 and HELP, so neither PIPELINING nor DSN nor ENHANCEDSTATUSCODES; an
unknown parameter of MAIL, or any parameter of RCPT, gets 555.
"""

import asyncio
import json
import os
import re
import signal
import sys

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP

CONTENT_LIMIT = 64 * 1024 * 1024
SCRIPTED_REPLY = re.compile(r"(rcpt|final)-([45][0-9][0-9])\b")


def scripted_reply(stage, recipient):
    match = SCRIPTED_REPLY.match(recipient)
    if match and match.group(1) == stage:
        return f"{match.group(2)} scripted for <{recipient}>"
    return None


def readable(text):
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


class Store:
    """Numbers the messages of all protocols and writes them to the directory."""

    def __init__(self, directory):
        self.directory = directory
        self.count = 0

    def add(self, content, facts):
        self.count += 1
        name = f"{self.count:04d}"
        self.write(name + ".eml", content)
        self.write(name + ".json", json.dumps(facts, indent=2).encode())
        return name

    def write(self, name, octets):
        # A reader never sees half a file under its final name.
        unfinished = os.path.join(self.directory, "." + name)
        with open(unfinished, "wb") as file:
            file.write(octets)
        os.rename(unfinished, os.path.join(self.directory, name))


class Handler:
    def __init__(self, store, protocol):
        self.store = store
        self.protocol = protocol

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        refusal = scripted_reply("rcpt", address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        refusals = [scripted_reply("final", recipient) for recipient in envelope.rcpt_tos]
        if self.protocol == "SMTP":
            recipients = [] if any(refusals) else envelope.rcpt_tos
        else:
            recipients = [r for r, refusal in zip(envelope.rcpt_tos, refusals) if not refusal]
        name = self.keep(session, envelope, recipients) if recipients else None
        if self.protocol == "SMTP":
            return next(filter(None, refusals), None) or f"250 OK: queued as {name}"
        # aiosmtpd sends one final reply; LMTP wants one for each recipient (RFC 2033 section 4.2).
        return "\r\n".join(
            refusal or f"250 OK: <{recipient}> queued as {name}"
            for recipient, refusal in zip(envelope.rcpt_tos, refusals)
        )

    def keep(self, session, envelope, recipients):
        return self.store.add(
            envelope.original_content,
            {
                "protocol": self.protocol,
                "host_name": readable(session.host_name or ""),
                "mail_from": "" if envelope.mail_from == "<>" else readable(envelope.mail_from),
                "mail_options": [readable(option) for option in envelope.mail_options],
                "rcpt_tos": [readable(recipient) for recipient in recipients],
                "rcpt_options": [readable(option) for option in envelope.rcpt_options],
                "smtp_utf8": envelope.smtp_utf8,
                "size": len(envelope.original_content),
            },
        )


async def serve(port, lmtp_socket, directory):
    loop = asyncio.get_running_loop()
    store = Store(directory)

    def protocol_factory(kind, name):
        return lambda: kind(
            Handler(store, name),
            data_size_limit=CONTENT_LIMIT,
            enable_SMTPUTF8=True,
            decode_data=False,
            hostname="aiosmtpd.example",
            loop=loop,
        )

    await loop.create_server(protocol_factory(SMTP, "SMTP"), "127.0.0.1", port)
    await loop.create_unix_server(protocol_factory(LMTP, "LMTP"), lmtp_socket)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
