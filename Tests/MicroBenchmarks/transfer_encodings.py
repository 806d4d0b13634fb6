"""Measures what Python has for the transfer encodings, on the octets that TransferEncodings.swift takes.

Run both in turn, a few times, from the root of the package:

    swift run -c release MicroBenchmarks "MIME"
    python3 Tests/MicroBenchmarks/transfer_encodings.py
"""

import base64
import binascii
import quopri
import time

LENGTH = 1 << 20

ENGLISH = (
    "It was the best of times, it was the worst of times, it was the age of\r\n"
    "wisdom, it was the age of foolishness, it was the epoch of belief, it was\r\n"
)

GERMAN = (
    "Der Prüfling überholt die größere Fähre, während die Bäume blühen und\r\n"
    "schöne Vögel über die Dächer fliegen; natürlich möchte niemand zurück.\r\n"
)


def mixed():
    """Octets as a compressed file has them."""
    state = 1
    octets = bytearray()
    for _ in range(LENGTH):
        state = (state * 1_664_525 + 1_013_904_223) & 0xFFFF_FFFF
        octets.append(state >> 24)
    return bytes(octets)


def repeated(text):
    octets = text.encode()
    return (octets * (LENGTH // len(octets) + 1))[:LENGTH]


def run(calls, body):
    start = time.perf_counter()
    for _ in range(calls):
        body()
    return time.perf_counter() - start


def measure(name, octets, body):
    """Prints the median of five runs of a tenth of a second."""
    calls = 1
    while run(calls, body) < 0.1:
        calls *= 2
    each = sorted(run(calls, body) for _ in range(5))[2] / calls
    print(f"{name:<52}{each * 1e9:12.1f} ns{len(octets) / each / 1e9:8.2f} GB/s")


def main():
    octets = mixed()
    measure("binascii.b2a_base64, one line, 1 MiB", octets, lambda: binascii.b2a_base64(octets, newline=False))
    measure("base64.encodebytes, 1 MiB", octets, lambda: base64.encodebytes(octets))
    contents = [
        ("English", repeated(ENGLISH), True),
        ("German", repeated(GERMAN), True),
        ("any octets", octets, False),
    ]
    for name, content, is_text in contents:
        measure(
            f"binascii.b2a_qp, 1 MiB, {name}",
            content,
            lambda: binascii.b2a_qp(content, istext=is_text),
        )
        measure(f"quopri.encodestring, 1 MiB, {name}", content, lambda: quopri.encodestring(content))


if __name__ == "__main__":
    main()
