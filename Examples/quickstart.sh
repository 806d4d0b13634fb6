#!/usr/bin/env bash
# Builds the Quickstart example and runs it: it sends real mail through a server inside its own process, or, with
# SMTP_URL set, to that server. Installs what the build needs and is not there. Arguments go to the example.
set -euo pipefail

# shellcheck source=Tests/Support/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../Tests/Support/setup.sh"
cd "$ROOT_DIRECTORY"

require_swift
require_build_packages
build_quickstart
note "Running Quickstart"
exec "$QUICKSTART" "$@"
