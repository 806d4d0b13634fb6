#!/usr/bin/env bash
# The real mail servers that the tests send to: Postfix and its smtp-sink, aiosmtpd, Dovecot's LMTP and submission.
#
# Sourced, it gives start_servers and stop_servers. Run, it starts them, prints the variables below as export lines,
# and stops them again at its own end (Ctrl-C).
#
# All listen on free ports of 127.0.0.1 or on Unix sockets, and keep their files under one new directory in /tmp: a
# Unix socket's path may have about 100 octets only, and the mail user must be able to reach it, neither of which
# holds for every checkout.
#
#   TEST_SMTP_SINK_PORT                    smtp-sink. Announces PIPELINING 8BITMIME AUTH XCLIENT XFORWARD
#                                          ENHANCEDSTATUSCODES DSN, and one empty extension line.
#   TEST_LMTP_SINK_PORT                    the same speaking LMTP
#   TEST_SMTP_SINK_PIX_PORT                greets with "220 ********", knows HELO only
#   TEST_SMTP_SINK_BARE_PORT               EHLO without any extension
#   TEST_SMTP_SINK_RECIPIENT_REFUSED_PORT  500 5.3.0 to each RCPT
#   TEST_SMTP_SINK_CONTENT_DEFERRED_PORT   450 4.3.0 after the content (dumped all the same)
#   TEST_SMTP_SINK_REPLY_LOST_PORT         closes after the content, without a reply (dumped all the same)
#   TEST_SMTP_SINK_CONTENT_ABORTED_PORT    354, then 550 and close without reading the content
#   TEST_SMTP_SINK_CLOSING_PORT            421 and close at MAIL
#   TEST_SMTP_SINK_DUMP_DIRECTORY          what all the SMTP sinks stored
#   TEST_LMTP_SINK_DUMP_DIRECTORY          what the LMTP sink stored
#   TEST_AIOSMTPD_PORT                     aiosmtpd, SMTP
#   TEST_AIOSMTPD_LMTP_SOCKET              aiosmtpd, LMTP on a Unix socket
#   TEST_AIOSMTPD_DIRECTORY                what both stored: see aiosmtpd_server.py
#   TEST_DOVECOT_LMTP_PORT                 Dovecot's LMTP
#   TEST_DOVECOT_LMTP_SOCKET               the same on a Unix socket
#   TEST_DOVECOT_MAIL_DIRECTORY            a Maildir for each user, made at the first delivery
#   TEST_DOVECOT_SUBMISSION_PORT           Dovecot's submission service, with STARTTLS
#   TEST_DOVECOT_SUBMISSIONS_PORT          the same with TLS from the start
#   TEST_DOVECOT_MECHANISMS                what it lists after AUTH inside TLS, separated by spaces
#   TEST_DOVECOT_USER                      who may log in by all mechanisms, with
#   TEST_DOVECOT_PASSWORD                  this password of ASCII characters
#   TEST_DOVECOT_NON_ASCII_USER            the same with
#   TEST_DOVECOT_NON_ASCII_PASSWORD        a password in UTF-8
#   TEST_DOVECOT_HASHED_USER               one whose password, that of TEST_DOVECOT_USER, is stored for SCRAM-SHA-256
#                                          only: of the mechanisms with a password PLAIN, LOGIN and SCRAM-SHA-256 work
#   TEST_DOVECOT_TOKEN                     a JSON Web Token of TEST_DOVECOT_USER for OAUTHBEARER and XOAUTH2
#   TEST_DOVECOT_EXPIRED_TOKEN             the same, ended a minute before the start
#   TEST_DOVECOT_FORGED_TOKEN              the same, signed by another key
#   TEST_POSTFIX_PORT                      Postfix, with STARTTLS
#   TEST_POSTFIX_TLS_PORT                  the same, 530 to MAIL without TLS
#   TEST_POSTFIX_SMTPS_PORT                the same with TLS from the start
#   TEST_POSTFIX_DOMAIN                    the only domain that it takes mail for
#   TEST_POSTFIX_MAIL_DIRECTORY            its Maildirs
#   TEST_TLS_CA_FILE                       certificate of the authority that signed the servers' certificate
#   TEST_TLS_UNTRUSTED_CA_FILE             certificate of one that signed nothing
#   TEST_TLS_SERVER_CERTIFICATE_FILE       certificate of Dovecot and Postfix, for localhost, 127.0.0.1 and ::1
#   TEST_TLS_SERVER_KEY_FILE               its key
#   TEST_TLS_CLIENT_CERTIFICATE_FILE       a client's certificate by the same authority, for TEST_DOVECOT_USER
#   TEST_TLS_CLIENT_KEY_FILE               its key
#
# Only root can start Postfix: for others the variables TEST_POSTFIX_... are not set. All files are PEM, the keys P-256.
#
# smtp-sink writes each message to a file of its own, named "<port>." and eight hexadecimal digits. It makes the file
# at MAIL, completes it before the final reply, and deletes it when the transaction is given up. The lines:
#
#   X-Client-Addr: 127.0.0.1
#   X-Client-Proto: ESMTP            (SMTP after HELO; LMTP)
#   X-Helo-Args: client.example
#   X-Mail-Args: <sender@example> BODY=8BITMIME
#   X-Rcpt-Args: <recipient@example> NOTIFY=NEVER       (one for each RCPT)
#   Received: from client.example ([127.0.0.1])
#   <tab>by smtp-sink (smtp-sink) with ESMTP id 5f3c1a2b;
#   <tab>Mon, 23 Nov 2026 20:00:00 +0000 (UTC)
#
# each ended by LF, then, with no empty line between, the content: un-stuffed (a dot that follows CRLF or begins the
# content is dropped, one that follows a lone LF is not), all CR octets left out (lone ones, too), LF kept, and one
# more LF at the end. So: dump == prologue + wire content (with its last CRLF) without CR + LF. Other octets stay as
# they are; characters of a command's arguments that do not print in ASCII appear as "?".
#
# Dovecot stores one file for each recipient (one for a recipient named twice) as <address in lower case>/new/<unique
# name>, complete before the reply. It puts one line before the content, "Return-Path: <sender@example>" CRLF ("<>" for
# the null path), and stores a lone LF as CRLF; lone CR, NUL and 8-bit octets stay. So, after DATA or BDAT: file ==
# Return-Path line + wire content after un-stuffing, with each lone LF as CRLF; BDAT content gets no CRLF at its end.
# To Dovecot 2.3, not to 2.4, a lone LF ends a line of DATA: a dot after it is un-stuffed, and a dot alone between it
# and LF or CRLF ends the content there, so that the rest is read as commands. Users are any local part of letters,
# digits and .-_+= at any domain that is no address literal, or without a domain; others get 550. It announces
# 8BITMIME CHUNKING ENHANCEDSTATUSCODES PIPELINING; any parameter of RCPT gets 555.
#
# Dovecot's submission hands what it gets to the smtp-sink at TEST_SMTP_SINK_PORT before it replies, so the content is
# in TEST_SMTP_SINK_DUMP_DIRECTORY then. X-Helo-Args is dovecot.example, X-Mail-Args has AUTH=<user> added and SIZE
# taken away, and after the sink's Received line and before the content there is one of Dovecot's own:
#
#   Received: from client.example ([127.0.0.1])
#   <tab>by dovecot.example with ESMTPSA
#   <tab>id Rca9FXURCGsKaAAAg+zDdQ
#   <tab>(envelope-from <sender@example>)
#   <tab>for <recipient@example>; Mon, 23 Nov 2026 20:00:00 +0000
#
# (with several recipients without the "for" line, the ";" and the date one line earlier). The content is as smtp-sink
# stores it, whether it came by DATA or by BDAT. It announces 8BITMIME AUTH BURL CHUNKING ENHANCEDSTATUSCODES PIPELINING
# SIZE and, outside TLS, STARTTLS; after the login an AUTH without mechanisms and DSN, too, but no STARTTLS. Although it
# asks for TLS first, it takes all mechanisms without: connections from its own address count as secure. EXTERNAL takes
# the user's name from the client's certificate, and refuses another one. Names and passwords are compared octet by
# octet, without SASLprep. A failed login takes Dovecot 2.3 half a second.
#
# Postfix stores one file for each recipient (one for a recipient named twice) soon after the reply, not before it: in
# <mailbox>/new/<unique name>, which appears there complete. The mailboxes mailbox-00 to mailbox-99 belong to the
# addresses of these names, with or without "+<anything>" after the name; all others of the domain are in "others". The
# directories are made at the first delivery. A file has LF line ends and begins with
#
#   Return-Path: <sender@example>                         ("<>" for the null path)
#   X-Original-To: mailbox-07+x@postfix.example           (as in RCPT)
#   Delivered-To: mailbox-07+x@postfix.example
#   Received: from client.example (unknown [127.0.0.1])
#   <tab>(using TLSv1.3 with cipher ...                   (TLS: two or three lines, up to the ")" at the end of one)
#   <tab>(Client CN "user", Issuer "..." (verified OK))   (TLS: or "(Client did not present a certificate)")
#   <tab>(Authenticated sender: user)                     (after AUTH)
#   <tab>by mail.postfix.example (Postfix) with ESMTP id 7DE88F88774        (ESMTPS, ESMTPSA, UTF8SMTPS, ...)
#   <tab>for <recipient@example>; Mon, 23 Nov 2026 20:00:00 +0000 (UTC)
#
# (with several recipients: ";" after the id, and the date alone in the last line). Then follows the content after
# un-stuffing, with CRLF as LF, and: a lone LF ends a line (and a dot after it is un-stuffed; alone on such a line it is
# left out, and does not end the content), a lone CR becomes a space, an LF is added at the end where there is none, an
# empty line is put before content that does not begin with a header, and a line that begins with "From " at the start
# of DATA, not of BDAT, becomes "X-Mailbox-Line: From ". Lines of any length, NUL and 8-bit octets, Bcc and Return-Path
# fields stay. It announces PIPELINING SIZE VRFY ETRN STARTTLS ENHANCEDSTATUSCODES 8BITMIME DSN SMTPUTF8 CHUNKING, and
# inside TLS only AUTH with Dovecot's users and mechanisms, except EXTERNAL. A message may have 64 MiB and 1000
# recipients. Nothing slows down or limits a client that sends much. RCPT gets the reply NNN for a local part that
# begins with "rcpt-NNN" (4NN or 5NN), and 554 5.7.1 for other domains. A client that pipelines before it may gets 554
# 5.5.0 and a close. Bounces and other notices to senders elsewhere are discarded.
set -euo pipefail

# shellcheck source=Tests/Support/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
# shellcheck source=Tests/Support/tls_files.sh
source "$ROOT_DIRECTORY/Tests/Support/tls_files.sh"
# shellcheck source=Tests/Support/dovecot_submission.sh
source "$ROOT_DIRECTORY/Tests/Support/dovecot_submission.sh"
# shellcheck source=Tests/Support/postfix.sh
source "$ROOT_DIRECTORY/Tests/Support/postfix.sh"

AIOSMTPD_VERSION=1.4.6
SERVERS_DIRECTORY=$ROOT_DIRECTORY/.build-servers
VENV_PYTHON=$SERVERS_DIRECTORY/venv/bin/python
START_SECONDS=20

RUN_DIRECTORY=
SERVER_VARIABLES=()

# MARK: What has to be installed

# has_dovecot SERVICE: succeeds when the service of Dovecot is installed.
has_dovecot() {
    command -v dovecot >/dev/null && { [[ -x /usr/lib/dovecot/$1 ]] || [[ -x /usr/libexec/dovecot/$1 ]]; }
}

# Prints the first Python that can make a virtual environment.
python_with_venv() {
    local candidate
    for candidate in python3 /usr/bin/python3; do
        if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    return 1
}

# install_server_packages PACKAGE...: without any of the servers being started, now or when the machine starts again.
install_server_packages() {
    command -v apt-get >/dev/null ||
        fail "the real servers are installed by apt-get, which is not here: install Postfix with smtp-sink, Dovecot with LMTP and submission, Python 3 with venv, and openssl."
    (
        policy=/usr/sbin/policy-rc.d
        if may_be_root && [[ ! -e $policy ]]; then
            trap 'as_root rm -f "$policy"' EXIT
            printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
            as_root chmod 755 "$policy"
        fi
        if may_be_root && [[ " $* " == *" postfix "* ]]; then
            # Only Postfix's programs are wanted, not a configured mail system.
            printf 'postfix postfix/main_mailer_type select No configuration\n' | as_root debconf-set-selections
        fi
        install_packages apt-get "$@"
    ) || exit
    if [[ -d /run/systemd/system ]]; then
        local package
        for package in "$@"; do
            as_root systemctl disable --quiet "${package%-core}.service" 2>/dev/null || true
        done
    fi
}

require_servers() {
    PATH=$PATH:/usr/local/sbin:/usr/sbin
    local missing=()
    command -v smtp-sink >/dev/null || missing+=(postfix)
    has_dovecot lmtp || missing+=(dovecot-core dovecot-lmtpd)
    has_dovecot submission || missing+=(dovecot-submissiond)
    python_with_venv >/dev/null || missing+=(python3-venv)
    command -v openssl >/dev/null || missing+=(openssl)
    if [[ ${#missing[@]} -gt 0 ]]; then
        install_server_packages "${missing[@]}"
    fi
    if ! "$VENV_PYTHON" -c "import aiosmtpd; assert aiosmtpd.__version__ == '$AIOSMTPD_VERSION'" 2>/dev/null; then
        note "Installing aiosmtpd $AIOSMTPD_VERSION"
        rm -rf "$SERVERS_DIRECTORY/venv"
        mkdir -p "$SERVERS_DIRECTORY"
        quietly "$(python_with_venv)" -m venv "$SERVERS_DIRECTORY/venv" ||
            fail "Python's virtual environment for aiosmtpd could not be made."
        quietly "$VENV_PYTHON" -m pip install --disable-pip-version-check "aiosmtpd==$AIOSMTPD_VERSION" ||
            fail "aiosmtpd $AIOSMTPD_VERSION could not be installed by pip."
    fi
}

# MARK: Starting one server

export_variable() {
    export "$1=$2"
    SERVER_VARIABLES+=("$1")
}

# free_ports COUNT: prints as many different ports.
free_ports() {
    "$VENV_PYTHON" - "$1" <<'PYTHON'
import socket, sys

print(*[s.getsockname()[1] for s in [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[1]))]])
PYTHON
}

# await_greeting PID ADDRESS: succeeds when the server greets at the address, a port or a socket's path; fails when it
# ends before, or has not greeted after START_SECONDS.
await_greeting() {
    "$VENV_PYTHON" - "$1" "$2" "$START_SECONDS" 2>/dev/null <<'PYTHON'
import os, socket, sys, time

pid, address, deadline = int(sys.argv[1]), sys.argv[2], time.monotonic() + float(sys.argv[3])
unix = address.startswith("/")
while time.monotonic() < deadline:
    os.kill(pid, 0)
    with socket.socket(socket.AF_UNIX if unix else socket.AF_INET) as client:
        client.settimeout(1)
        try:
            client.connect(address if unix else ("127.0.0.1", int(address)))
            if client.makefile("rb").readline().startswith(b"220"):
                sys.exit(0)
        except OSError:
            pass
    time.sleep(0.05)
sys.exit(1)
PYTHON
}

# launch_on COUNT NAME FUNCTION ARGUMENTS...: runs the function, which replaces itself by a server, in the background
# with as many free ports and the arguments, and waits for the greeting at the first port. The ports are left in PORTS.
launch_on() {
    local count=$1 name=$2 function=$3 log=$RUN_DIRECTORY/$2.log server
    shift 3
    # Someone else may take a port between its choice and its use: a server that ends at once gets other ones.
    for _ in 1 2 3; do
        read -r -a PORTS <<<"$(free_ports "$count")"
        "$function" "${PORTS[@]}" "$@" </dev/null >"$log" 2>&1 &
        server=$!
        if await_greeting "$server" "${PORTS[0]}"; then
            return
        fi
        if kill -0 "$server" 2>/dev/null; then
            break
        fi
    done
    tail -n 40 "$log" >&2
    fail "the server $name did not start; above is the end of its log."
}

# launch NAME FUNCTION ARGUMENTS...: the same with one port, left in PORT.
launch() {
    launch_on 1 "$@"
    PORT=${PORTS[0]}
}

# MARK: smtp-sink

# smtp_sink PORT DIRECTORY OPTIONS...: the port in the files' names keeps two sinks apart that draw the same random
# numbers, because they started in the same second. As root smtp-sink insists on being told a user; as a user it may
# not change to one.
smtp_sink() {
    local port=$1 directory=$2
    shift 2
    if [[ $(id -u) -eq 0 ]]; then
        set -- -u root "$@"
    fi
    exec smtp-sink -d "$directory/$port." "$@" "inet:127.0.0.1:$port" 128
}

# launch_sink VARIABLE DIRECTORY OPTIONS...: a sink that dumps into the directory.
launch_sink() {
    launch "$1" smtp_sink "${@:2}"
    export_variable "$1" "$PORT"
}

start_smtp_sinks() {
    local smtp=$RUN_DIRECTORY/smtp-sink lmtp=$RUN_DIRECTORY/lmtp-sink
    mkdir "$smtp" "$lmtp"
    launch_sink TEST_SMTP_SINK_PORT "$smtp"
    launch_sink TEST_SMTP_SINK_PIX_PORT "$smtp" -P
    launch_sink TEST_SMTP_SINK_BARE_PORT "$smtp" -8 -a -C -E -F -N -p
    launch_sink TEST_SMTP_SINK_RECIPIENT_REFUSED_PORT "$smtp" -f RCPT
    launch_sink TEST_SMTP_SINK_CONTENT_DEFERRED_PORT "$smtp" -r .
    launch_sink TEST_SMTP_SINK_REPLY_LOST_PORT "$smtp" -q .
    launch_sink TEST_SMTP_SINK_CONTENT_ABORTED_PORT "$smtp" -A 0
    launch_sink TEST_SMTP_SINK_CLOSING_PORT "$smtp" -Q MAIL
    launch_sink TEST_LMTP_SINK_PORT "$lmtp" -L
    export_variable TEST_SMTP_SINK_DUMP_DIRECTORY "$smtp"
    export_variable TEST_LMTP_SINK_DUMP_DIRECTORY "$lmtp"
}

# MARK: aiosmtpd

aiosmtpd_server() {
    exec "$VENV_PYTHON" "$ROOT_DIRECTORY/Tests/Support/aiosmtpd_server.py" "$@"
}

start_aiosmtpd() {
    local directory=$RUN_DIRECTORY/aiosmtpd
    mkdir "$directory"
    launch aiosmtpd aiosmtpd_server "$directory.socket" "$directory"
    export_variable TEST_AIOSMTPD_PORT "$PORT"
    export_variable TEST_AIOSMTPD_LMTP_SOCKET "$directory.socket"
    export_variable TEST_AIOSMTPD_DIRECTORY "$directory"
}

# MARK: Dovecot

# Prints what Dovecot needs without root right, where all of it runs as the one user there is.
dovecot_single_user() {
    if [[ $(id -u) -ne 0 ]]; then
        cat <<CONFIGURATION
default_internal_user = $(id -un)
default_internal_group = $(id -gn)
default_login_user = $(id -un)
CONFIGURATION
    fi
}

# Prints the user that mail is stored as: Dovecot and Postfix store none as root.
mail_user() {
    if [[ $(id -u) -eq 0 ]]; then printf 'nobody\n'; else id -un; fi
}

# dovecot_configuration PORT DIRECTORY MAIL_USER: prints it, in the syntax of the Dovecot that is installed.
dovecot_configuration() {
    local port=$1 directory=$2 uid gid
    uid=$(id -u "$3")
    gid=$(id -g "$3")
    if [[ $(dovecot --version) == 2.[0-3].* ]]; then
        cat <<CONFIGURATION
mail_location = maildir:$directory/mail/%u
passdb {
  driver = static
  args = nopassword=y
}
userdb {
  driver = static
  args = uid=$uid gid=$gid home=$directory/mail/%u allow_all_users=yes
}
CONFIGURATION
    else
        cat <<CONFIGURATION
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
mail_driver = maildir
mail_path = $directory/mail/%{user}
passdb static {
  fields {
    nopassword = yes
  }
}
userdb static {
  fields {
    uid = $uid
    gid = $gid
    home = $directory/mail/%{user}
  }
  userdb_static_allow_all_users = yes
}
CONFIGURATION
    fi
    dovecot_single_user
    cat <<CONFIGURATION
base_dir = $directory/base
state_dir = $directory/state
log_path = /dev/stderr
protocols = lmtp
listen = 127.0.0.1
ssl = no
first_valid_uid = 1
mail_save_crlf = yes
recipient_delimiter =
auth_username_chars = abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_@+=
lmtp_add_received_header = no
lmtp_hdr_delivery_address = none
service anvil {
  chroot =
}
service stats {
  chroot =
}
service lmtp {
  inet_listener lmtp {
    port = $port
  }
  unix_listener $directory.socket {
    mode = 0666
  }
}
CONFIGURATION
}

dovecot_server() {
    local configuration=$2/dovecot.conf
    dovecot_configuration "$@" >"$configuration"
    exec dovecot -F -c "$configuration"
}

start_dovecot() {
    local directory=$RUN_DIRECTORY/dovecot mail_user
    mail_user=$(mail_user)
    mkdir "$directory" "$directory/base" "$directory/state" "$directory/mail"
    chown "$mail_user" "$directory/mail"
    launch dovecot dovecot_server "$directory" "$mail_user"
    export_variable TEST_DOVECOT_LMTP_PORT "$PORT"
    export_variable TEST_DOVECOT_LMTP_SOCKET "$directory.socket"
    export_variable TEST_DOVECOT_MAIL_DIRECTORY "$directory/mail"
}

# MARK: All of them

# start_servers: starts all, exports the variables, and stops all when the script that calls this ends.
start_servers() {
    require_servers
    RUN_DIRECTORY=$(mktemp -d /tmp/async-smtp.XXXXXX)
    chmod 755 "$RUN_DIRECTORY"
    trap stop_servers EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    note "Starting smtp-sink, aiosmtpd, Dovecot and Postfix"
    make_tls_files "$DOVECOT_USER"
    start_smtp_sinks
    start_aiosmtpd
    start_dovecot
    start_dovecot_submission
    if [[ $(id -u) -eq 0 ]]; then
        start_postfix
    else
        note "Postfix is left out: only root can start it"
    fi
}

# stop_servers: the servers are the background jobs of this shell, so no process of anyone else can be meant.
stop_servers() {
    trap '' HUP INT TERM
    local server
    for server in $(jobs -rp); do
        kill "$server" 2>/dev/null || true
    done
    for _ in {1..100}; do
        [[ -n $(jobs -rp) ]] || break
        sleep 0.1
    done
    for server in $(jobs -rp); do
        kill -KILL "$server" 2>/dev/null || true
    done
    # Postfix's processes may outlive their master by a moment, and write one more file.
    for _ in {1..20}; do
        rm -rf "$RUN_DIRECTORY" 2>/dev/null && break
        sleep 0.1
    done
}

# serve: keeps the servers running until it is interrupted.
serve() {
    start_servers
    local name
    for name in "${SERVER_VARIABLES[@]}"; do
        printf 'export %s=%q\n' "$name" "${!name}"
    done
    note "The servers run until Ctrl-C; what they store and log is in $RUN_DIRECTORY"
    wait
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
    serve
fi
