#!/usr/bin/env bash
# The same many times, in a release build: a million messages through one client, 20 000 handshakes, and 2 GiB through
# one session of TLS. Fails when the process holds more memory, descriptors or OpenSSL objects at the end than after a
# tenth of the way, or when a message is not stored.
# Linux only; MESSAGES, HANDSHAKES and MEBIBYTES in the environment say other numbers.
set -euo pipefail

# shellcheck source=Tests/Support/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/Support/setup.sh"
cd "$ROOT_DIRECTORY"

require_swift
require_build_packages
note "Building TLSSoak and MessageSoak"
run_swift build --configuration release --product TLSSoak
run_swift build --configuration release --product MessageSoak
binaries=$(swift build --configuration release --show-bin-path)
"$binaries/MessageSoak" "${MESSAGES:-1000000}"
"$binaries/TLSSoak" handshakes "${HANDSHAKES:-20000}"
"$binaries/TLSSoak" octets "${MEBIBYTES:-2048}"
