#!/usr/bin/env bash
# A whole Postfix that delivers into Maildirs, apart from the one the machine may have.
#
# Sourced by servers.sh, which says what the variables mean. Its configuration, queue, data, log and mail are in the run
# directory. It relays nothing: there is no SMTP client among its services, and what would leave it is discarded.
set -euo pipefail

POSTFIX_DOMAIN=postfix.example

# postfix_main_configuration DIRECTORY: prints main.cf.
postfix_main_configuration() {
    local directory=$1 program_directory
    program_directory=$(postconf -d -h daemon_directory)
    cat <<CONFIGURATION
compatibility_level = 3.6
daemon_directory = $program_directory
queue_directory = $directory/queue
data_directory = $directory/data
maillog_file = $RUN_DIRECTORY/postfix.log
maillog_file_prefixes = $RUN_DIRECTORY
myhostname = mail.$POSTFIX_DOMAIN
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
local_transport = error:5.1.1 no local mail
default_transport = discard:
disable_dns_lookups = yes
smtpd_peername_lookup = no
smtputf8_enable = yes
biff = no
notify_classes =
# The content is left as it comes.
local_header_rewrite_clients =
message_drop_headers =
# Delivery.
recipient_delimiter = +
virtual_transport = virtual
virtual_mailbox_domains = $POSTFIX_DOMAIN
virtual_mailbox_maps = texthash:$directory/mailboxes
virtual_mailbox_base = $directory/mail
virtual_mailbox_limit = 0
virtual_uid_maps = static:$(id -u "$(mail_user)")
virtual_gid_maps = static:$(id -g "$(mail_user)")
message_size_limit = 67108864
# Refusals.
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access regexp:$directory/refusals
smtpd_forbid_unauth_pipelining = yes
smtpd_forbid_bare_newline = normalize
# Nothing that slows down or limits a client that sends much.
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_client_message_rate_limit = 0
smtpd_client_recipient_rate_limit = 0
smtpd_client_new_tls_session_rate_limit = 0
smtpd_client_auth_rate_limit = 0
smtpd_client_event_limit_exceptions = static:all
smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 10000
smtpd_hard_error_limit = 10000
smtpd_junk_command_limit = 100000
in_flow_delay = 0
default_process_limit = 100
# TLS.
smtpd_tls_security_level = may
smtpd_tls_chain_files = $TEST_TLS_SERVER_KEY_FILE, $TEST_TLS_SERVER_CERTIFICATE_FILE
smtpd_tls_CAfile = $TEST_TLS_CA_FILE
smtpd_tls_ask_ccert = yes
smtpd_tls_received_header = yes
smtpd_tls_loglevel = 1
# Authentication, which Dovecot does.
smtpd_sasl_type = dovecot
smtpd_sasl_path = $RUN_DIRECTORY/submission.auth
smtpd_sasl_auth_enable = yes
smtpd_sasl_authenticated_header = yes
smtpd_tls_auth_only = yes
CONFIGURATION
}

# postfix_services PORT TLS_PORT SMTPS_PORT: prints master.cf.
postfix_services() {
    cat <<CONFIGURATION
127.0.0.1:$1 inet n - n - - smtpd
127.0.0.1:$2 inet n - n - - smtpd -o smtpd_tls_security_level=encrypt
127.0.0.1:$3 inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
CONFIGURATION
}

# postfix_mailboxes: prints which mailbox an address of the domain has.
postfix_mailboxes() {
    local number
    for number in {00..99}; do
        printf '%s@%s %s/\n' "mailbox-$number" "$POSTFIX_DOMAIN" "mailbox-$number"
    done
    printf '@%s others/\n' "$POSTFIX_DOMAIN"
}

postfix_refusals() {
    cat <<'REFUSALS'
/^rcpt-(4[0-9][0-9])/ $1 4.2.1 scripted
/^rcpt-(5[0-9][0-9])/ $1 5.2.1 scripted
REFUSALS
}

# Makes the queue's directories as an installation has them.
make_postfix_queue() {
    local queue=$1 owner group name
    owner=$(postconf -d -h mail_owner)
    group=$(postconf -d -h setgid_group)
    mkdir "$queue" "$queue/pid"
    for name in active bounce corrupt defer deferred flush hold incoming private saved trace; do
        install -d -m 700 -o "$owner" "$queue/$name"
    done
    install -d -m 730 -o "$owner" -g "$group" "$queue/maildrop"
    install -d -m 710 -o "$owner" -g "$group" "$queue/public"
    install -d -m 700 -o "$owner" "${queue%/queue}/data"
}

postfix_server() {
    local directory=$4
    postfix_services "$@" >"$directory/master.cf"
    exec "$(postconf -d -h daemon_directory)/master" -c "$directory"
}

start_postfix() {
    local directory=$RUN_DIRECTORY/postfix
    mkdir "$directory"
    make_postfix_queue "$directory/queue"
    install -d -m 755 -o "$(mail_user)" "$directory/mail"
    postfix_main_configuration "$directory" >"$directory/main.cf"
    postfix_mailboxes >"$directory/mailboxes"
    postfix_refusals >"$directory/refusals"
    launch_on 3 postfix postfix_server "$directory"
    export_variable TEST_POSTFIX_PORT "${PORTS[0]}"
    export_variable TEST_POSTFIX_TLS_PORT "${PORTS[1]}"
    export_variable TEST_POSTFIX_SMTPS_PORT "${PORTS[2]}"
    export_variable TEST_POSTFIX_DOMAIN "$POSTFIX_DOMAIN"
    export_variable TEST_POSTFIX_MAIL_DIRECTORY "$directory/mail"
}
