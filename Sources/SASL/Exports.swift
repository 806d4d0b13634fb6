// `Secret` stands in this module's interface.
@_exported public import OpenSSLCrypto
