"""Verifies DKIM signatures with dkimpy, which shares no code with this project.

Standard input:
    <count of key records> LF
    for each:    <name in DNS> TAB <text> LF
    for each message:    <count of octets> SP <count of signatures> LF <octets>

Standard output, one line of JSON for each message, each value a list with true or false (or the text of an exception)
for each signature:
    verified        the message as it is
    changedBody     one octet of the body changed
    secondFrom      another From field in front
    secondSubject   another Subject field in front
"""

import json
import sys

import dkim


def results(message, count, records):
    def text(name, timeout=5):
        return records.get(name.rstrip(b"."))

    def result(index):
        try:
            return dkim.DKIM(message).verify(idx=index, dnsfunc=text)
        except Exception as error:
            return f"{type(error).__name__}: {error}"

    return [result(index) for index in range(count)]


def with_changed_body(message):
    """A letter or digit in the middle changed, or one added where there is none."""
    start = message.index(b"\r\n\r\n") + 4
    places = [place for place in range(start, len(message)) if chr(message[place]).isascii() and chr(message[place]).isalnum()]
    if not places:
        return message + b"x"
    place = places[len(places) // 2]
    other = b"y" if message[place : place + 1] == b"x" else b"x"
    return message[:place] + other + message[place + 1 :]


def main():
    source = sys.stdin.buffer
    records = {}
    for _ in range(int(source.readline())):
        name, text = source.readline().rstrip(b"\n").split(b"\t")
        records[name] = text
    while line := source.readline():
        length, count = map(int, line.split())
        message = source.read(length)
        variants = {
            "verified": message,
            "changedBody": with_changed_body(message),
            "secondFrom": b"From: other@example.net\r\n" + message,
            "secondSubject": b"Subject: other\r\n" + message,
        }
        print(json.dumps({name: results(variant, count, records) for name, variant in variants.items()}))


if __name__ == "__main__":
    main()
