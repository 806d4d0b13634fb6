// Users import one module; the types of the others stand in its signatures.
@_exported public import DKIM
@_exported public import MailAddress
@_exported public import MailMessage
@_exported public import NIOOpenSSL
@_exported public import OpenSSLCrypto
@_exported public import SASL
@_exported public import SMTPCore
