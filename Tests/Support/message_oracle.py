#!/usr/bin/env python3
"""Reads messages with Python's email package and compares them with what they were made of.

Input: one JSON object a line: the octets of a message in base64, and the part it is expected to be. Output: one line
for each difference, `NUMBER: what differs`.
"""
import base64
import email
import email.policy
import email.utils
import json
import re
import sys
from email.header import decode_header

ENCODED_WORD = re.compile(r"=\?[^? ]+\?[BbQq]\?[^? ]*\?=")
COMPOSITE = ("multipart", "message")


def text_of(raw):
    """A header value as text. The parser keeps octets above 0x7F as surrogates; headers of RFC 6532 are UTF-8."""
    return raw.encode("ascii", "surrogateescape").decode("utf-8")


def unfolded(value):
    """A value without folds. The parser leaves the space before the value where a fold stands before that."""
    value = re.sub(r"\r\n(?=[ \t])", "", value)
    return value[1:] if value.startswith(" ") else value


def decoded(value):
    """Text with its encoded-words decoded.

    decode_header is given one word at a time: given a whole value it turns text outside ASCII into escapes
    (raw-unicode-escape), which cannot be told from a backslash and a "u" in the text itself.
    """
    text, place = "", 0
    for match in ENCODED_WORD.finditer(value):
        between = value[place:match.start()]
        # White space between two encoded-words is none (RFC 2047 section 6.2).
        text += "" if place and not between.strip(" \t") else between
        place = match.end()
        ((octets, charset),) = decode_header(match.group(0))
        if len(match.group(0)) > 75:
            raise ValueError("an encoded-word is longer than 75")
        text += octets.decode(charset, "strict")
    return text + value[place:]


def address_tokens(value):
    """Tokens of an address list (RFC 5322 section 3.2)."""
    pattern = re.compile(r'[ \t]+|"((?:[^"\\]|\\.)*)"|\[[^\]]*\]|[,:;<>@.]|[^ \t",:;<>@.\[\]()\\]+')
    place = 0
    while place < len(value):
        match = pattern.match(value, place)
        if match is None:
            raise ValueError("no token at %d of %r" % (place, value))
        place = match.end()
        token = match.group(0)
        if token.startswith('"'):
            yield "quoted", re.sub(r"\\(.)", r"\1", match.group(1)), token
        elif token.strip(" \t"):
            yield ("special" if token in ",:;<>@." else "atom"), token, token


def phrase(words):
    """The words of a phrase as text.

    The parser of policy.default leaves a space between two encoded-words of a display name, and decodes what looks
    like one between quotes; both are against RFC 2047, so phrases are put together here.
    """
    text, last = "", None
    for kind, value, _ in words:
        is_encoded = kind == "atom" and ENCODED_WORD.fullmatch(value)
        if text and not (is_encoded and last):
            text += " "
        text += decoded(value) if is_encoded else value
        last = is_encoded
    return text


def addresses(value):
    """Entries of an address list: the name of the group or None, and (name, address) of each mailbox."""
    entries, group, words, inside = [], None, [], None

    def end_mailbox():
        nonlocal words, inside
        if inside is not None:
            mailbox = [phrase(words), inside]
        elif words:
            mailbox = ["", "".join(word[2] for word in words)]
        else:
            return
        (group[1] if group else entries).append(mailbox if group else [None, [mailbox]])
        words, inside = [], None

    angle = False
    for token in address_tokens(value):
        kind, text, written = token
        if kind == "special" and text == "<":
            angle, inside = True, ""
        elif kind == "special" and text == ">":
            angle = False
        elif angle:
            inside += written
        elif kind == "special" and text == ":":
            group, words = [phrase(words), []], []
        elif kind == "special" and text == ";":
            end_mailbox()
            entries.append(group)
            group = None
        elif kind == "special" and text == ",":
            end_mailbox()
        else:
            words.append(token)
    end_mailbox()
    return entries


def paragraphs(text):
    """Lines of flowed text put together again (RFC 3676 section 4)."""
    result, open_line = [], False
    for line in text.split("\r\n"):
        if line.startswith(" "):
            line = line[1:]
        if line == "-- ":
            result.append(line)
            open_line = False
            continue
        if open_line:
            result[-1] += line
        else:
            result.append(line)
        open_line = line.endswith(" ")
    return result


class Comparison:
    def __init__(self):
        self.differences = []

    def check(self, where, found, expected):
        if found != expected:
            self.differences.append("%s: %.300r instead of %.300r" % (where, found, expected))

    def field(self, where, name, raw, expected):
        value = unfolded(text_of(raw))
        kind = expected["kind"]
        where = "%s %s" % (where, name)
        header = email.policy.default.header_factory(name, value)
        # The parser of policy.default takes a tab or a no-break space decoded from an encoded-word, and a local part
        # outside ASCII (RFC 6532), for defects.
        defects = [
            defect for defect in header.defects
            if type(defect).__name__ not in ("NonPrintableDefect", "NonASCIILocalPartDefect")
        ]
        self.check(where + " defects", [repr(defect) for defect in defects], [])
        if kind == "text":
            self.check(where, decoded(value), expected["text"])
        elif kind == "addresses":
            entries = addresses(value)
            wanted = [[entry.get("group"), entry["mailboxes"]] for entry in expected["entries"]]
            self.check(where, entries, wanted)
            if hasattr(header, "addresses"):
                specs = [address.addr_spec for address in header.addresses]
                plain = [re.sub(r'"', "", mailbox[1]) for _, boxes in wanted for mailbox in boxes]
                self.check(where + " by policy.default", [re.sub(r'"', "", spec) for spec in specs], plain)
        elif kind == "list":
            separator = r"," if name.lower() == "list-unsubscribe" else None
            parts = re.split(separator, value) if separator else value.split()
            self.check(where, [part.strip() for part in parts], expected["list"])
        elif kind == "identifier":
            tokens = list(address_tokens(value))
            at = next(index for index, token in enumerate(tokens) if token[2] == "<")
            self.check(where, phrase(tokens[:at]), expected["text"])
            self.check(where, "".join(token[2] for token in tokens[at:]), expected["list"][0])
        elif kind == "date":
            date = email.utils.parsedate_to_datetime(value)
            offset = date.utcoffset()
            # "-0000" says that the zone is not known, and is never written.
            self.check(where, offset is not None, True)
            if offset is not None:
                self.check(where, int(date.timestamp()), expected["seconds"])
                self.check(where, int(offset.total_seconds() // 60), expected["zone"])
        elif kind == "parameterized":
            parameters = dict(header.params)
            parameters.pop("boundary", None)
            main = header.content_type if hasattr(header, "content_type") else header.content_disposition
            self.check(where, main, expected["text"])
            self.check(where + " parameters", parameters, dict(expected["parameters"]))

    def part(self, where, message, expected, root=True):
        fields = [(name, raw) for name, raw in message._headers]
        names = [name.lower() for name, _ in fields]
        encoding = str(message.get("Content-Transfer-Encoding", "7bit"))
        self.check(where + " label", names.count("content-transfer-encoding") <= 1, True)
        fields = [field for field in fields if field[0].lower() != "content-transfer-encoding"]
        self.check(where + " fields", [name for name, _ in fields], [f["name"] for f in expected["fields"]])
        if [name for name, _ in fields] == [field["name"] for field in expected["fields"]]:
            for (name, raw), field in zip(fields, expected["fields"]):
                self.field(where, name, raw, field)
        self.check(where + " defects", [repr(defect) for defect in message.defects], [])
        maintype = message.get_content_maintype()
        global_type = message.get_content_type() == "message/global"
        if maintype in COMPOSITE and not global_type:
            self.check(where + " encoding", encoding in ("7bit", "8bit", "binary"), True)
        if "children" in expected:
            self.check(where + " preamble", message.preamble or "", "")
            self.check(where + " epilogue", message.epilogue or "", "")
            children = message.get_payload()
            if not isinstance(children, list):
                self.check(where, "no parts", "parts")
                return
            self.check(where + " parts", len(children), len(expected["children"]))
            for index, (child, wanted) in enumerate(zip(children, expected["children"])):
                self.part("%s.%d" % (where, index + 1), child, wanted, False)
        elif "message" in expected:
            if global_type and encoding == "base64":
                # The parser takes the base64 of a message for a message without a header.
                inner = message.get_payload(0)
                octets = base64.b64decode(inner.get_payload().replace("\r\n", ""), validate=True)
                inner = email.message_from_bytes(octets)
                self.check(where + " lines", re.search(rb"(?<!\r)\n|\r(?!\n)", octets), None)
            else:
                inner = message.get_payload(0)
            self.part(where + ".message", inner, expected["message"][0], root and expected.get("isFree", False))
        else:
            self.leaf(where, message, encoding, expected, root)

    def leaf(self, where, message, encoding, expected, root):
        if message.is_multipart():
            self.check(where, "parts", "no parts")
            return
        # get_payload would decode the text by its charset.
        raw = message._payload.encode("ascii", "surrogateescape")
        if encoding not in ("8bit", "binary"):
            self.check(where + " octets of " + encoding, max(raw, default=0) < 0x80, True)
        if encoding in ("base64", "quoted-printable"):
            self.check(where + " lines", max(map(len, raw.split(b"\r\n"))) <= 76, True)
        content = message.get_payload(decode=True)
        self.check(where + " content defects", [repr(defect) for defect in message.defects], [])
        if "paragraphs" in expected:
            found = paragraphs(content.decode("utf-8"))
            wanted = expected["paragraphs"]
            # The last line of a message is ended where its text did not end it.
            self.check(where + " paragraphs", found, wanted + [""] if found == wanted + [""] and root else wanted)
            return
        wanted = base64.b64decode(expected["content"])
        if root and expected["isText"] and not wanted.endswith(b"\r\n") and content == wanted + b"\r\n":
            return
        self.check(where + " content", content, wanted)


def main():
    for number, line in enumerate(sys.stdin):
        case = json.loads(line)
        comparison = Comparison()
        try:
            message = email.message_from_bytes(base64.b64decode(case["octets"]))
            comparison.part("message", message, case["part"])
        except Exception as error:  # whatever it is, it is a finding about this message
            comparison.differences.append("%s: %s" % (type(error).__name__, error))
        for difference in comparison.differences:
            print("%d: %s" % (number, difference.replace("\n", "\\n")))
    print("done")


main()
