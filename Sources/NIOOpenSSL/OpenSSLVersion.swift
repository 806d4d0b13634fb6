internal import COpenSSL

/// The OpenSSL this program runs with.
package enum OpenSSLVersion {
    /// Name and version as the library tells them.
    package static var text: String { unsafe String(cString: OpenSSL_version(OPENSSL_VERSION)) }
}
