#!/usr/bin/env bash
# The same over TLS many times, in a release build: 20 000 handshakes, and 2 GiB through one session. Fails when the
# process holds more memory, descriptors or OpenSSL objects at the end than after a tenth of the way.
# Linux only; HANDSHAKES and MEBIBYTES in the environment say other numbers.
set -euo pipefail

# shellcheck source=Tests/Support/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/Support/setup.sh"
cd "$ROOT_DIRECTORY"

require_swift
require_build_packages
note "Building TLSSoak"
run_swift build --configuration release --product TLSSoak
soak=$(swift build --configuration release --product TLSSoak --show-bin-path)/TLSSoak
"$soak" handshakes "${HANDSHAKES:-20000}"
"$soak" octets "${MEBIBYTES:-2048}"
