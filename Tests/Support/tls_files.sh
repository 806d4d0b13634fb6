#!/usr/bin/env bash
# Certificates and keys for the real servers and for the tests that talk TLS to them.
#
# Sourced by servers.sh, which says what the variables mean. They are made anew at each start and live for two days.
set -euo pipefail

# make_certificate NAME SUBJECT OPTIONS...: makes NAME.pem and its key NAME.key, signed by itself if the options name
# no other authority.
make_certificate() {
    local name=$1 subject=$2
    shift 2
    quietly openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -sha256 -days 2 \
        -subj "$subject" -keyout "$name.key" -out "$name.pem" "$@" ||
        fail "openssl could not make the certificate $subject."
}

# make_authority NAME SUBJECT
make_authority() {
    make_certificate "$@" -addext keyUsage=critical,keyCertSign,cRLSign
}

# make_leaf NAME SUBJECT AUTHORITY USAGE OPTIONS...: a certificate that the authority of that name signs.
make_leaf() {
    local name=$1 subject=$2 authority=$3 usage=$4
    shift 4
    make_certificate "$name" "$subject" -CA "$authority.pem" -CAkey "$authority.key" \
        -addext basicConstraints=critical,CA:FALSE -addext keyUsage=critical,digitalSignature \
        -addext "extendedKeyUsage=$usage" "$@"
}

# make_tls_files USER: the client certificate is made for the user.
make_tls_files() {
    local directory=$RUN_DIRECTORY/tls
    mkdir "$directory"
    make_authority "$directory/authority" "/CN=async-smtp test authority"
    make_authority "$directory/untrusted-authority" "/CN=async-smtp untrusted authority"
    make_leaf "$directory/server" /CN=localhost "$directory/authority" serverAuth \
        -addext subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1
    make_leaf "$directory/client" "/CN=$1" "$directory/authority" clientAuth
    export_variable TEST_TLS_CA_FILE "$directory/authority.pem"
    export_variable TEST_TLS_UNTRUSTED_CA_FILE "$directory/untrusted-authority.pem"
    export_variable TEST_TLS_SERVER_CERTIFICATE_FILE "$directory/server.pem"
    export_variable TEST_TLS_SERVER_KEY_FILE "$directory/server.key"
    export_variable TEST_TLS_CLIENT_CERTIFICATE_FILE "$directory/client.pem"
    export_variable TEST_TLS_CLIENT_KEY_FILE "$directory/client.key"
}
