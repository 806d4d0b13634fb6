#!/usr/bin/env bash
# The same many times, in a release build: a million messages through one client, 20 000 handshakes, and 2 GiB through
# one session of TLS. Fails when the process holds more memory, descriptors or OpenSSL objects at the end than after a
# tenth of the way, or when a message is not stored. Then an attachment of 1 GiB, rendered, signed and sent, which may
# take 64 MiB.
# Linux only; MESSAGES, HANDSHAKES, MEBIBYTES and ATTACHMENT in the environment say other numbers.
set -euo pipefail

# shellcheck source=Tests/Support/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/Support/setup.sh"
cd "$ROOT_DIRECTORY"

require_swift
require_build_packages
note "Building TLSSoak, MessageSoak and MemoryProbe"
run_swift build --configuration release --product TLSSoak
run_swift build --configuration release --product MessageSoak
run_swift build --configuration release --product MemoryProbe
binaries=$(swift build --configuration release --show-bin-path)
"$binaries/MessageSoak" "${MESSAGES:-1000000}"
"$binaries/TLSSoak" handshakes "${HANDSHAKES:-20000}"
"$binaries/TLSSoak" octets "${MEBIBYTES:-2048}"
memory=$("$binaries/MemoryProbe" attachment "${ATTACHMENT:-1024}")
note "An attachment of ${ATTACHMENT:-1024} MiB took $((memory / 1024)) KiB above idle"
((memory < 64 * 1024 * 1024)) || fail "That is more than 64 MiB."
