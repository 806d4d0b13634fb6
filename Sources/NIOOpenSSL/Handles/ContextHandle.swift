internal import COpenSSL
internal import COpenSSLShims
internal import OpenSSLCrypto

/// One `SSL_CTX`.
// Changed by its initialisers alone; OpenSSL allows many threads to make connections from one that is set up.
@safe
final class ContextHandle: @unchecked Sendable {
    // Owned: freed in deinit alone. Connections hold references of their own.
    let pointer: OpaquePointer

    private init(_ method: OpaquePointer?) throws(TLSError) {
        OpenSSLFailure.forget()
        // The method is a constant of the library.
        guard let pointer = unsafe SSL_CTX_new(method) else {
            throw .invalidConfiguration("no TLS context could be made", OpenSSLFailure.take())
        }
        // As above.
        unsafe self.pointer = pointer
        // The context is this object's own.
        unsafe SSL_CTX_set_options(pointer, shim_SSL_OP_NO_COMPRESSION())
        // As above. Automatic chains would add roots to what is sent.
        unsafe shim_SSL_CTX_set_mode(
            pointer,
            Int(SSL_MODE_ENABLE_PARTIAL_WRITE) | Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER)
                | Int(SSL_MODE_NO_AUTO_CHAIN)
        )
        // As above. OpenSSL as built may choose less.
        unsafe SSL_CTX_set_security_level(pointer, 2)
    }

    /// A context for clients.
    convenience init(client configuration: TLSConfiguration) throws(TLSError) {
        // A constant of the library.
        try unsafe self.init(TLS_client_method())
        try self.set(minimum: configuration.minimumVersion, maximum: configuration.maximumVersion)
        try self.set(cipherList: configuration.cipherList, suites: configuration.cipherSuites)
        // The context is this object's own.
        unsafe SSL_CTX_set_options(self.pointer, shim_SSL_OP_NO_RENEGOTIATION())
        // As above. The option is on in some builds of OpenSSL.
        unsafe SSL_CTX_clear_options(self.pointer, shim_SSL_OP_LEGACY_SERVER_CONNECT())
        if configuration.allowsLegacyServers {
            // As above.
            unsafe SSL_CTX_set_options(self.pointer, shim_SSL_OP_LEGACY_SERVER_CONNECT())
        }
        if configuration.verification.checksChain {
            try self.trust(configuration.trustRoots)
        }
        for list in configuration.revocationLists {
            try self.add(revocationList: list)
        }
        if let identity = configuration.identity {
            try self.use(identity)
        }
        let usesDANE = configuration.daneRecords.contains(where: \.isUsable)
        if usesDANE {
            OpenSSLFailure.forget()
            // As above.
            guard unsafe SSL_CTX_dane_enable(self.pointer) == 1 else {
                throw .invalidConfiguration("DANE cannot be used", OpenSSLFailure.take())
            }
        }
        // A session does not keep which record it was verified by.
        if configuration.resumesSessions, !usesDANE {
            let mode =
                SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_LOOKUP | SSL_SESS_CACHE_NO_INTERNAL_STORE
            // As above.
            unsafe shim_SSL_CTX_set_session_cache_mode(self.pointer, Int(mode))
            // As above; the callback finds its connection through the SSL it is called with.
            unsafe SSL_CTX_sess_set_new_cb(self.pointer, SSLConnection.keepSession)
        } else {
            // As above.
            unsafe shim_SSL_CTX_set_session_cache_mode(self.pointer, Int(SSL_SESS_CACHE_OFF))
        }
    }

    /// A context for servers.
    convenience init(server configuration: TLSServerConfiguration) throws(TLSError) {
        // A constant of the library.
        try unsafe self.init(TLS_server_method())
        try self.set(minimum: configuration.minimumVersion, maximum: configuration.maximumVersion)
        try self.set(cipherList: configuration.cipherList, suites: configuration.cipherSuites)
        // The context is this object's own.
        unsafe SSL_CTX_set_options(self.pointer, shim_SSL_OP_CIPHER_SERVER_PREFERENCE())
        if !configuration.allowsRenegotiation {
            // As above.
            unsafe SSL_CTX_set_options(self.pointer, shim_SSL_OP_NO_RENEGOTIATION())
        }
        // As above. Tickets need no cache.
        unsafe shim_SSL_CTX_set_session_cache_mode(self.pointer, Int(SSL_SESS_CACHE_OFF))
        if configuration.resumesSessions {
            // As above; the name is copied.
            unsafe SSL_CTX_set_session_id_context(
                self.pointer,
                Self.sessionContext,
                UInt32(Self.sessionContext.count)
            )
        } else {
            // As above.
            unsafe SSL_CTX_set_options(self.pointer, shim_SSL_OP_NO_TICKET())
            // As above.
            unsafe SSL_CTX_set_num_tickets(self.pointer, 0)
        }
        if let roots = configuration.clientTrustRoots {
            try self.trust(roots)
            let required = configuration.requiresClientCertificate ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0
            // As above.
            unsafe SSL_CTX_set_verify(
                self.pointer,
                SSL_VERIFY_PEER | required,
                SSLConnection.noteVerification
            )
        }
        try self.use(configuration.identity)
    }

    deinit {
        // The last reference of this object.
        unsafe SSL_CTX_free(self.pointer)
    }

    private static let sessionContext: [UInt8] = Array("NIOOpenSSL".utf8)

    private func set(minimum: TLSVersion, maximum: TLSVersion?) throws(TLSError) {
        if let maximum, maximum < minimum {
            throw .invalidConfiguration(
                "the oldest version, \(minimum), is newer than the newest, \(maximum)"
            )
        }
        OpenSSLFailure.forget()
        // The context is this object's own; 0 is the newest there is.
        guard unsafe shim_SSL_CTX_set_min_proto_version(self.pointer, Int32(minimum.rawValue)) == 1,
            // As above.
            unsafe shim_SSL_CTX_set_max_proto_version(self.pointer, Int32(maximum?.rawValue ?? 0)) == 1
        else {
            throw .invalidConfiguration("OpenSSL does not know a version of TLS", OpenSSLFailure.take())
        }
    }

    private func set(cipherList: String?, suites: String?) throws(TLSError) {
        for text in [cipherList, suites].compactMap(\.self) where text.utf8.contains(0) {
            throw .invalidConfiguration("the list of ciphers \(PeerText.escape(text)) holds a NUL")
        }
        OpenSSLFailure.forget()
        // The strings are NUL-terminated copies that live through the calls.
        if let cipherList,
            // As above.
            unsafe SSL_CTX_set_cipher_list(self.pointer, cipherList + ":!aNULL:!eNULL") != 1
        {
            throw .invalidConfiguration(
                "no cipher fits the list \(PeerText.escape(cipherList))",
                OpenSSLFailure.take()
            )
        }
        // As above.
        if let suites, unsafe SSL_CTX_set_ciphersuites(self.pointer, suites) != 1 {
            throw .invalidConfiguration(
                "no cipher suite fits the list \(PeerText.escape(suites))",
                OpenSSLFailure.take()
            )
        }
    }

    private func trust(_ roots: TrustRoots) throws(TLSError) {
        OpenSSLFailure.forget()
        // The context is this object's own.
        if roots.includesSystem, unsafe SSL_CTX_set_default_verify_paths(self.pointer) != 1 {
            throw .invalidConfiguration("the system's roots cannot be used", OpenSSLFailure.take())
        }
        // The store belongs to the context.
        guard let store = unsafe SSL_CTX_get_cert_store(self.pointer) else { return }
        for source in roots.sources {
            let certificates: [CertificateHandle]
            switch source {
            case .file(let path):
                let what = "the file of trusted roots \(PeerText.escape(path))"
                guard let octets = try MemoryBIO(file: path).contents() else {
                    throw .invalidConfiguration("\(what) is larger than 16 MiB")
                }
                certificates = try CertificateHandle.read(octets, what: what)
            case .octets(let octets):
                certificates = try CertificateHandle.read(octets, what: "the trusted roots")
            }
            for certificate in certificates {
                OpenSSLFailure.forget()
                // The store takes a reference of its own.
                guard unsafe X509_STORE_add_cert(store, certificate.pointer) == 1 else {
                    throw .invalidConfiguration("a root cannot be trusted", OpenSSLFailure.take())
                }
            }
        }
        // The store belongs to the context. What the caller trusts need not be signed by itself.
        unsafe X509_STORE_set_flags(store, UInt(X509_V_FLAG_PARTIAL_CHAIN))
    }

    private func add(revocationList octets: [UInt8]) throws(TLSError) {
        // The store belongs to the context.
        guard let store = unsafe SSL_CTX_get_cert_store(self.pointer) else { return }
        for list in try RevocationListHandle.read(octets) {
            OpenSSLFailure.forget()
            // The store takes a reference of its own.
            guard unsafe X509_STORE_add_crl(store, list.pointer) == 1 else {
                throw .invalidConfiguration("a revocation list cannot be used", OpenSSLFailure.take())
            }
        }
        // The store belongs to the context.
        unsafe X509_STORE_set_flags(store, UInt(X509_V_FLAG_CRL_CHECK))
    }

    private func use(_ identity: TLSIdentity) throws(TLSError) {
        let octets = try Self.octets(of: identity.certificates)
        let chain = try CertificateHandle.read(octets, what: "the \(identity)")
        let key =
            switch identity.key {
            case .octets(let octets): try KeyHandle(octets, passphrase: identity.passphrase)
            case .file(let path):
                try KeyHandle(Secret(octets: Self.octets(of: .file(path))), passphrase: identity.passphrase)
            }
        OpenSSLFailure.forget()
        // The context takes references of its own.
        guard let leaf = chain.first, unsafe SSL_CTX_use_certificate(self.pointer, leaf.pointer) == 1 else {
            throw .invalidConfiguration(
                "the certificate of the \(identity) cannot be used",
                OpenSSLFailure.take()
            )
        }
        // As above.
        guard unsafe SSL_CTX_use_PrivateKey(self.pointer, key.pointer) == 1,
            // As above.
            unsafe SSL_CTX_check_private_key(self.pointer) == 1
        else {
            throw .invalidConfiguration(
                "key and certificate of the \(identity) do not fit",
                OpenSSLFailure.take()
            )
        }
        for certificate in chain.dropFirst() {
            // As above.
            guard unsafe shim_SSL_CTX_add1_chain_cert(self.pointer, certificate.pointer) == 1 else {
                throw .invalidConfiguration(
                    "the chain of the \(identity) cannot be used",
                    OpenSSLFailure.take()
                )
            }
        }
    }

    /// What a part of an identity is made of.
    static func octets(of source: TLSIdentity.Source) throws(TLSError) -> [UInt8] {
        switch source {
        case .octets(let octets):
            return octets
        case .file(let path):
            guard let octets = try MemoryBIO(file: path).contents(limit: 1 << 20) else {
                throw .invalidConfiguration("the file \(PeerText.escape(path)) is larger than 1 MiB")
            }
            return octets
        }
    }
}
