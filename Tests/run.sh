#!/usr/bin/env bash
# Runs all tests, after installing what they need and is not there.
set -euo pipefail

# shellcheck source=Tests/Support/servers.sh
source "$(dirname "${BASH_SOURCE[0]}")/Support/servers.sh"
cd "$ROOT_DIRECTORY"

usage() {
    cat <<USAGE
Usage: ./Tests/run.sh [OPTION...] [-- ARGUMENT...]

  --real-servers              also test against Postfix, its smtp-sink, aiosmtpd, Dovecot's LMTP and submission,
                              installed where missing; REAL_SERVERS=1 in the environment means the same
  --serve                     only start these servers and print the variables that name them, until Ctrl-C
  --sanitize thread|address   under a sanitizer, in a build directory of its own
  -- ARGUMENT...              passed to "swift test", for example: -- --filter SMTPCoreTests
USAGE
}

wrong_usage() {
    printf '%s: %s\n' "$(basename "$0")" "$1" >&2
    usage >&2
    exit 64
}

real_servers=${REAL_SERVERS:-0}
sanitizer=
while [[ $# -gt 0 ]]; do
    case $1 in
        --real-servers) real_servers=1 ;;
        --serve)
            serve
            exit
            ;;
        --sanitize | --sanitize=*)
            if [[ $1 == --sanitize ]]; then
                sanitizer=${2:-}
                [[ $# -lt 2 ]] || shift
            else
                sanitizer=${1#*=}
            fi
            [[ $sanitizer == thread || $sanitizer == address ]] ||
                wrong_usage "--sanitize takes \"thread\" or \"address\"."
            ;;
        -h | --help)
            usage
            exit
            ;;
        --)
            shift
            break
            ;;
        *) wrong_usage "there is no option $1." ;;
    esac
    shift
done
arguments=("$@")

# The tests make their certificates, and some of the servers they talk to, with the command.
require_openssl_command() {
    command -v openssl >/dev/null && return
    local manager
    for manager in apt-get dnf yum brew; do
        if command -v "$manager" >/dev/null; then
            install_packages "$manager" openssl
            break
        fi
    done
    command -v openssl >/dev/null || fail "openssl is not on PATH: install the package that has the command."
}

DKIMPY_VERSION=1.1.8
DKIM_DIRECTORY=$SERVERS_DIRECTORY/dkim

# dkimpy, which verifies our DKIM signatures, with what it needs for Ed25519; leaves the Python that has it in
# TEST_DKIM_PYTHON.
require_dkimpy() {
    export TEST_DKIM_PYTHON=$DKIM_DIRECTORY/bin/python
    "$TEST_DKIM_PYTHON" -c "
import importlib.metadata, nacl.signing, dkim
assert importlib.metadata.version('dkimpy') == '$DKIMPY_VERSION'" 2>/dev/null && return
    if ! python_with_venv >/dev/null; then
        if command -v apt-get >/dev/null; then
            install_packages apt-get python3-venv
        elif command -v dnf >/dev/null; then
            install_packages dnf python3
        elif command -v yum >/dev/null; then
            install_packages yum python3
        elif command -v brew >/dev/null; then
            install_packages brew python3
        fi
        python_with_venv >/dev/null || fail "there is no Python 3 with venv: install it."
    fi
    note "Installing dkimpy $DKIMPY_VERSION"
    rm -rf "$DKIM_DIRECTORY"
    mkdir -p "$SERVERS_DIRECTORY"
    quietly "$(python_with_venv)" -m venv "$DKIM_DIRECTORY" ||
        fail "Python's virtual environment for dkimpy could not be made."
    quietly "$TEST_DKIM_PYTHON" -m pip install --disable-pip-version-check "dkimpy[ed25519]==$DKIMPY_VERSION" ||
        fail "dkimpy $DKIMPY_VERSION could not be installed by pip."
}

# stored_messages DIRECTORY: counts what a server stored, whichever of them it is.
stored_messages() {
    find "$1" -type f '(' -path '*-sink/*' -o -name '*.eml' -o -path '*/new/*' ')' | wc -l
}

# Messages that the example sends.
QUICKSTART_MESSAGES=101

# send_quickstart URL DIRECTORY [RECIPIENT]: the Quickstart example through a real server, which must store each
# message exactly once, now or soon.
send_quickstart() {
    local before after
    note "Quickstart through $1"
    before=$(stored_messages "$2")
    SMTP_URL=$1 SMTP_TO=${3:-you@example.org} SSL_CERT_FILE=$TEST_TLS_CA_FILE "$QUICKSTART"
    for _ in {1..100}; do
        after=$(stored_messages "$2")
        ((after < before + QUICKSTART_MESSAGES)) || break
        sleep 0.1
    done
    if ((after != before + QUICKSTART_MESSAGES)); then
        printf 'Quickstart ended well, but the server at %s stored %d messages.\n' "$1" $((after - before)) >&2
        exit 1
    fi
    note "The server stored $((after - before)) messages"
}

require_swift
require_build_packages
require_openssl_command
require_dkimpy
if [[ $real_servers == 1 ]]; then
    start_servers
fi

case $sanitizer in
    thread) set -- --sanitize=thread --scratch-path .build-tsan ;;
    # XCTest, which runs although no test uses it, leaks by itself.
    address) set -- --sanitize=address --scratch-path .build-asan --disable-xctest ;;
    *) set -- ;;
esac
# Tests that run at a time. All at once they have thousands of descriptors open, more than Foundation lists without
# fault when it starts a process (it copies entries of /proc/self/fd beyond the end of a page), and starve each other.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=${SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH:-64}
note "Building and running the tests"
run_swift test --parallel "$@" ${arguments[@]+"${arguments[@]}"}

# Dialogues, and what goes through the loopback helper, once more inside TLS, and with each octet of the server in a TLS
# record of its own.
if [[ ${#arguments[@]} -eq 0 ]]; then
    suites=$(
        { ls Tests/AsyncSMTPTests/Dialogue/*.swift; grep -rlE 'Loopback\.with(Session|Client)' Tests/AsyncSMTPTests; } |
            xargs sed -n -E 's/^(final )?struct ([A-Za-z]+Tests).*/AsyncSMTPTests\\.\2\//p' | sort -u | paste -s -d '|' -
    )
    for link in tls tls-octets; do
        note "Dialogues over $link"
        TEST_LINK=$link run_swift test --parallel "$@" --skip-build --filter "$suites"
    done
fi

if [[ $real_servers == 1 && -z $sanitizer && ${#arguments[@]} -eq 0 ]]; then
    note "A connection with eight messages in flight, cut at every octet"
    TEST_EVERY_OFFSET=1 run_swift test --skip-build --filter PipelineTruthTests
    build_quickstart
    send_quickstart "smtp://127.0.0.1:$TEST_SMTP_SINK_PORT?tls=none" "$TEST_SMTP_SINK_DUMP_DIRECTORY"
    send_quickstart "lmtp://127.0.0.1:$TEST_LMTP_SINK_PORT" "$TEST_LMTP_SINK_DUMP_DIRECTORY"
    send_quickstart "smtp://127.0.0.1:$TEST_AIOSMTPD_PORT?tls=none" "$TEST_AIOSMTPD_DIRECTORY"
    send_quickstart "lmtp+unix://$TEST_AIOSMTPD_LMTP_SOCKET" "$TEST_AIOSMTPD_DIRECTORY"
    send_quickstart "lmtp://127.0.0.1:$TEST_DOVECOT_LMTP_PORT" "$TEST_DOVECOT_MAIL_DIRECTORY"
    send_quickstart "lmtp+unix://$TEST_DOVECOT_LMTP_SOCKET" "$TEST_DOVECOT_MAIL_DIRECTORY"
    if [[ -n ${TEST_POSTFIX_PORT:-} ]]; then
        recipient=mailbox-00@$TEST_POSTFIX_DOMAIN
        for url in "smtp://localhost:$TEST_POSTFIX_TLS_PORT?tls=starttls" "smtps://localhost:$TEST_POSTFIX_SMTPS_PORT"; do
            send_quickstart "$url" "$TEST_POSTFIX_MAIL_DIRECTORY" "$recipient"
        done
    fi
fi
