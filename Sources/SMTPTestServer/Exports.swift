// Users import one module; the types of the other stand in its signatures.
@_exported public import NIOOpenSSL
