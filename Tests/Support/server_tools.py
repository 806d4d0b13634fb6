#!/usr/bin/env python3
"""Small tools for servers.sh.

    server_tools.py token KEY USER LIFETIME     prints a JSON Web Token, signed by HS256 with the key, that names the
                                                user and ends after the lifetime in seconds, which may be negative
    server_tools.py scram PASSWORD              prints the password as Dovecot stores it for SCRAM-SHA-256
    server_tools.py mechanisms PORT CA_FILE     prints what the server on the port lists after AUTH, inside TLS
"""

import base64
import hashlib
import hmac
import json
import os
import smtplib
import ssl
import sys
import time


def base64_url(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=")


def token(key, user, lifetime):
    now = int(time.time())
    end = now + int(lifetime)
    claims = {"sub": user, "email": user, "iss": "async-smtp", "iat": min(now, end) - 1, "exp": end}
    parts = [{"alg": "HS256", "typ": "JWT"}, claims]
    signed = b".".join(base64_url(json.dumps(part).encode()) for part in parts)
    signature = hmac.new(key.encode(), signed, hashlib.sha256).digest()
    return b".".join([signed, base64_url(signature)]).decode()


def scram(password):
    iterations, salt = 4096, os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    keys = (salt, hashlib.sha256(client_key).digest(), hmac.digest(salted, b"Server Key", "sha256"))
    return "{SCRAM-SHA-256}" + ",".join([str(iterations)] + [base64.b64encode(key).decode() for key in keys])


def mechanisms(port, ca_file):
    with smtplib.SMTP("localhost", int(port), local_hostname="client.example", timeout=20) as client:
        client.starttls(context=ssl.create_default_context(cafile=ca_file))
        client.ehlo()
        return " ".join(client.esmtp_features.get("auth", "").split())


if __name__ == "__main__":
    tools = {"token": (token, 3), "scram": (scram, 1), "mechanisms": (mechanisms, 2)}
    tool, count = tools.get(sys.argv[1] if len(sys.argv) > 1 else "", (None, -1))
    if len(sys.argv) - 2 != count:
        sys.exit(__doc__)
    print(tool(*sys.argv[2:]))
