"""Reads header fields as Python's email package does (policy.default), and prints what they mean.

Standard input has one field per line: a kind, "ascii" or "utf8", and the octets of the field in hexadecimal. Standard
output has one line for each: the values of the field, in hexadecimal of UTF-8, each behind a "=", with spaces between.

  text       the text
  addresses  for each group its name (empty for mailboxes outside groups), the number of its mailboxes, and for each
             of these its name and address
  ids        the words
  parameters the value, then name and value of each parameter, sorted
  date       seconds since 1970 and minutes ahead of UTC
"""

import email
import email.header
import email.policy
import email.utils
import sys


def parse(octets, charset):
    # Octets outside ASCII are no text to the parser of bytes, SMTPUTF8 or not; as text they are.
    if charset == "utf8":
        message = email.message_from_string(octets.decode("utf-8") + "\r\n", policy=email.policy.default)
    else:
        message = email.message_from_bytes(octets + b"\r\n", policy=email.policy.default)
    if len(message.keys()) != 1 or message.defects or message.get_payload():
        return None, f"not one field: {message.keys()} {message.defects} {message.get_payload()!r}"
    return message, None


def text(message, name):
    # The parser drops the space behind the colon, but keeps it where a fold comes between; text of ours never begins
    # with one outside an encoded-word.
    raw = message._headers[0][1]
    value = str(message[name])
    return [value[1:] if raw.startswith(("\r", "\n")) and value.startswith(" ") else value]


def without_spaces(value):
    return "".join(value.split())


def addresses(message, name):
    # In a name the new parser makes one space of any white space within an encoded-word, and puts one between two of them
    # (RFC 2047 section 6.2 has none); the old one does neither, but knows no groups. So the structure is read by the new
    # one, and names by both.
    raw = "".join(message._headers[0][1].splitlines())
    old_names = [
        str(email.header.make_header(email.header.decode_header(old_name)))
        for old_name, old_address in email.utils.getaddresses([raw])
        if old_address  # an empty group is an entry without one
    ]
    values = []
    for group in message[name].groups:
        values += [group.display_name or "", str(len(group.addresses))]
        for address in group.addresses:
            old_name = old_names.pop(0) if old_names else "missing"
            agree = without_spaces(old_name) == without_spaces(address.display_name)
            values += [old_name if agree else address.display_name, address.addr_spec]
    return values


def ids(message, name):
    return str(message[name]).split()


def parameters(message, name):
    header = message[name]
    value = header.content_type if hasattr(header, "content_type") else header.content_disposition
    pairs = sorted(header.params.items())
    return [value] + [part for pair in pairs for part in pair]


def date(message, name):
    moment = message[name].datetime
    return [str(int(moment.timestamp())), str(int(moment.utcoffset().total_seconds()) // 60)]


KINDS = {"text": text, "addresses": addresses, "ids": ids, "parameters": parameters, "date": date}


def main():
    for line in sys.stdin:
        kind, charset, octets = line.split()
        message, fault = parse(bytes.fromhex(octets), charset)
        if message is None:
            values = ["fault", fault]
        else:
            try:
                values = KINDS[kind](message, message.keys()[0])
            except Exception as error:  # what Python cannot read is a finding, not the end of the run
                values = ["fault", repr(error)]
        print(" ".join("=" + value.encode("utf-8", "surrogateescape").hex() for value in values))


main()
