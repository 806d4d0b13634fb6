// OpenSSL offers some of its interface as macros, which Swift cannot call: each has a function here. No logic.
#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

static inline int shim_ERR_GET_REASON(unsigned long code) { return ERR_GET_REASON(code); }
