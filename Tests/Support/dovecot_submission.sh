#!/usr/bin/env bash
# Dovecot's submission service, with TLS and authentication, in front of smtp-sink.
#
# Sourced by servers.sh, which says what the variables mean. It is an instance of its own, beside the one for LMTP.
set -euo pipefail

DOVECOT_USER=user
DOVECOT_PASSWORD='correct horse; battery=staple'
DOVECOT_NON_ASCII_USER=benutzer
DOVECOT_NON_ASCII_PASSWORD='Grüße, 世界'
DOVECOT_HASHED_USER=hashed

# dovecot_submission_configuration PORT TLS_PORT DIRECTORY MAIL_USER: prints it, in the syntax of the Dovecot that is
# installed.
dovecot_submission_configuration() {
    local port=$1 tls_port=$2 directory=$3 uid gid
    uid=$(id -u "$4")
    gid=$(id -g "$4")
    if [[ $(dovecot --version) == 2.[0-3].* ]]; then
        cat <<CONFIGURATION
disable_plaintext_auth = yes
mail_location = maildir:$directory/mail/%u
ssl_cert = <$TEST_TLS_SERVER_CERTIFICATE_FILE
ssl_key = <$TEST_TLS_SERVER_KEY_FILE
ssl_ca = <$TEST_TLS_CA_FILE
ssl_verify_client_cert = yes
ssl_require_crl = no
passdb {
  driver = passwd-file
  mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256
  args = username_format=%u $directory/users
}
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = $directory/oauth2.conf
}
passdb {
  driver = static
  mechanisms = external
  args = nopassword=y
}
userdb {
  driver = static
  args = uid=$uid gid=$gid home=$directory/mail/%u allow_all_users=yes
}
service submission-login {
  service_count = 0
}
CONFIGURATION
        cat >"$directory/oauth2.conf" <<CONFIGURATION
introspection_mode = local
local_validation_key_dict = fs:posix:prefix=$directory/keys/
username_attribute = sub
issuers = async-smtp
CONFIGURATION
    else
        cat <<CONFIGURATION
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
auth_allow_cleartext = no
mail_driver = maildir
mail_path = $directory/mail/%{user}
ssl_server_cert_file = $TEST_TLS_SERVER_CERTIFICATE_FILE
ssl_server_key_file = $TEST_TLS_SERVER_KEY_FILE
ssl_server_ca_file = $TEST_TLS_CA_FILE
ssl_server_request_client_cert = yes
ssl_server_require_crl = no
passdb passwd-file {
  mechanisms_filter = plain login cram-md5 scram-sha-1 scram-sha-256
  passwd_file_path = $directory/users
  auth_username_format = %{user}
}
passdb static {
  mechanisms_filter = external
  fields {
    nopassword = yes
  }
}
oauth2 {
  introspection_mode = local
  username_attribute = sub
  issuers = async-smtp
  oauth2_local_validation {
    dict fs {
      fs posix {
        prefix = $directory/keys/
      }
    }
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
service submission-login {
  restart_request_count = unlimited
}
CONFIGURATION
    fi
    dovecot_single_user
    cat <<CONFIGURATION
base_dir = $directory/base
state_dir = $directory/state
log_path = /dev/stderr
protocols = submission
listen = 127.0.0.1
hostname = dovecot.example
ssl = required
first_valid_uid = 1
mail_max_userip_connections = 1000
submission_max_mail_size = 64M
submission_relay_host = 127.0.0.1
submission_relay_port = $TEST_SMTP_SINK_PORT
submission_relay_ssl = no
auth_mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256 xoauth2 oauthbearer external
auth_ssl_username_from_cert = yes
auth_failure_delay = 0
service anvil {
  chroot =
  # Otherwise each failed login would slow down the ones after it.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
service auth {
  unix_listener $directory.auth {
    mode = 0666
  }
}
service submission-login {
  chroot =
  inet_listener submission {
    port = $port
  }
  inet_listener submissions {
    port = $tls_port
    ssl = yes
  }
}
service submission {
  process_limit = 200
}
CONFIGURATION
}

dovecot_submission_server() {
    local configuration=$3/dovecot.conf
    dovecot_submission_configuration "$@" >"$configuration"
    exec dovecot -F -c "$configuration"
}

tool() {
    "$VENV_PYTHON" "$ROOT_DIRECTORY/Tests/Support/server_tools.py" "$@"
}

start_dovecot_submission() {
    local directory=$RUN_DIRECTORY/submission mail_user key mechanisms
    mail_user=$(mail_user)
    mkdir "$directory" "$directory/base" "$directory/state" "$directory/mail"
    chown "$mail_user" "$directory/mail"
    # From {PLAIN} all mechanisms can be served.
    cat >"$directory/users" <<USERS
$DOVECOT_USER:{PLAIN}$DOVECOT_PASSWORD
$DOVECOT_NON_ASCII_USER:{PLAIN}$DOVECOT_NON_ASCII_PASSWORD
$DOVECOT_HASHED_USER:$(tool scram "$DOVECOT_PASSWORD")
USERS
    key=$(openssl rand -hex 32)
    # The path that Dovecot looks up for a token that names neither a party nor a key.
    mkdir -p "$directory/keys/default/HS256"
    printf '%s' "$key" | openssl base64 -A >"$directory/keys/default/HS256/default"
    launch_on 2 submission dovecot_submission_server "$directory" "$mail_user"
    export_variable TEST_DOVECOT_SUBMISSION_PORT "${PORTS[0]}"
    export_variable TEST_DOVECOT_SUBMISSIONS_PORT "${PORTS[1]}"
    export_variable TEST_DOVECOT_USER "$DOVECOT_USER"
    export_variable TEST_DOVECOT_PASSWORD "$DOVECOT_PASSWORD"
    export_variable TEST_DOVECOT_NON_ASCII_USER "$DOVECOT_NON_ASCII_USER"
    export_variable TEST_DOVECOT_NON_ASCII_PASSWORD "$DOVECOT_NON_ASCII_PASSWORD"
    export_variable TEST_DOVECOT_HASHED_USER "$DOVECOT_HASHED_USER"
    export_variable TEST_DOVECOT_TOKEN "$(tool token "$key" "$DOVECOT_USER" 86400)"
    export_variable TEST_DOVECOT_EXPIRED_TOKEN "$(tool token "$key" "$DOVECOT_USER" -60)"
    export_variable TEST_DOVECOT_FORGED_TOKEN "$(tool token "not $key" "$DOVECOT_USER" 86400)"
    mechanisms=$(tool mechanisms "${PORTS[0]}" "$TEST_TLS_CA_FILE") ||
        fail "Dovecot's submission service does not answer inside TLS; its log is $RUN_DIRECTORY/submission.log."
    export_variable TEST_DOVECOT_MECHANISMS "$mechanisms"
}
