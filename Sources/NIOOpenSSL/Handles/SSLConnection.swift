internal import COpenSSL
internal import COpenSSLShims
internal import NIOCore

/// One `SSL` between two memory BIOs: octets of the network in and out, octets of the application out and in.
///
/// Used by one thread at a time. Every call forgets earlier errors first and reads its own at once.
@safe
final class SSLConnection {
    /// What a call has come to.
    enum Outcome {
        /// Done; the number of octets, where there are any.
        case done(Int)
        /// More octets from the peer are needed first.
        case needsInput
        /// The peer has sent close_notify.
        case ended
        /// It failed for good.
        case failed([OpenSSLFailure])
    }

    /// What OpenSSL found wrong with a chain.
    struct VerificationFailure {
        /// The error (`X509_V_ERR_…`).
        let error: Int32
        /// The certificate it is about.
        let certificate: TLSCertificate?
    }

    // The SSL is owned: freed in deinit alone. The BIOs belong to it.
    let pointer: OpaquePointer
    private let input: OpaquePointer
    private let output: OpaquePointer
    /// The first thing found wrong with the peer's chain.
    private(set) var verificationFailure: VerificationFailure?
    /// Sessions the server has offered since they were last taken.
    private var offeredSessions: [SessionHandle] = []

    /// A connection that waits for a client.
    init(server context: ContextHandle) throws(TLSError) {
        // The SSL and the BIOs it owns are new.
        (unsafe self.pointer, unsafe self.input, unsafe self.output) = try unsafe Self.make(context)
        // The SSL is this object's own; what it refers back to is cleared before this object goes.
        unsafe SSL_set_ex_data(self.pointer, 0, Unmanaged.passUnretained(self).toOpaque())
        // As above.
        unsafe SSL_set_accept_state(self.pointer)
    }

    /// A connection to a server.
    init(
        client context: ContextHandle,
        configuration: TLSConfiguration,
        peer: PeerName,
        session: SessionHandle?
    ) throws(TLSError) {
        // The SSL and the BIOs it owns are new.
        (unsafe self.pointer, unsafe self.input, unsafe self.output) = try unsafe Self.make(context)
        // The SSL is this object's own; what it refers back to is cleared before this object goes.
        unsafe SSL_set_ex_data(self.pointer, 0, Unmanaged.passUnretained(self).toOpaque())
        // As above.
        unsafe SSL_set_connect_state(self.pointer)
        let usesDANE = try self.addDANERecords(configuration.daneRecords, peer: peer)
        let verifies = usesDANE || configuration.verification.checksChain
        // As above; the callback finds this object through the SSL.
        unsafe SSL_set_verify(
            self.pointer,
            verifies ? SSL_VERIFY_PEER : SSL_VERIFY_NONE,
            Self.noteVerification
        )
        try self.setPeer(peer, isVerified: usesDANE || configuration.verification.checksName)
        if let session {
            // The SSL takes a reference of its own. A session it cannot use only means a full handshake.
            unsafe SSL_set_session(self.pointer, session.pointer)
        }
    }

    deinit {
        // Nothing refers back to this object any more once the SSL is gone.
        unsafe SSL_set_ex_data(self.pointer, 0, nil)
        // The last use.
        unsafe SSL_free(self.pointer)
    }

    /// Hands over what the network brought.
    func receive(_ buffer: ByteBuffer) -> Bool {
        OpenSSLFailure.forget()
        // The octets are copied before the call returns; the BIO lives as long as the SSL.
        return unsafe buffer.withUnsafeReadableBytes { bytes in
            guard bytes.count > 0 else { return true }
            // As above.
            let count = unsafe BIO_write(self.input, bytes.baseAddress, Int32(clamping: bytes.count))
            return Int(count) == bytes.count
        }
    }

    /// How many octets of the network wait to be read.
    var inputCount: Int {
        // The BIO lives as long as the SSL.
        unsafe shim_BIO_pending(self.input)
    }

    /// Moves what is due to the network to the end of a buffer.
    ///
    /// - Returns: Whether there was anything.
    func drain(into buffer: inout ByteBuffer) -> Bool {
        // The BIO lives as long as the SSL.
        let pending = unsafe shim_BIO_pending(self.output)
        guard pending > 0 else { return false }
        // The buffer has room for what is asked for.
        let count = unsafe buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: pending) { room in
            // As above.
            max(0, Int(unsafe BIO_read(self.output, room.baseAddress, Int32(clamping: pending))))
        }
        return count > 0
    }

    /// Goes on with the handshake.
    func handshake() -> Outcome {
        OpenSSLFailure.forget()
        // The SSL is this object's own.
        return self.outcome(unsafe SSL_do_handshake(self.pointer))
    }

    /// Decrypts into the room of a buffer; at least `room` octets of it.
    func read(into buffer: inout ByteBuffer, room: Int) -> Outcome {
        OpenSSLFailure.forget()
        var result: Int32 = 0
        // No more is written than there is room for.
        unsafe buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { room in
            // As above.
            result = unsafe SSL_read(self.pointer, room.baseAddress, Int32(clamping: room.count))
            return max(0, Int(result))
        }
        return self.outcome(result)
    }

    /// Encrypts the beginning of a buffer, one record at most.
    func write(_ buffer: inout ByteBuffer) -> Outcome {
        OpenSSLFailure.forget()
        // The octets are read before the call returns; a repeated call may come with another address.
        let result = unsafe buffer.withUnsafeReadableBytes { bytes in
            // As above.
            unsafe SSL_write(self.pointer, bytes.baseAddress, Int32(clamping: bytes.count))
        }
        if result > 0 { buffer.moveReaderIndex(forwardBy: Int(result)) }
        return self.outcome(result)
    }

    /// Writes close_notify.
    func shutdown() {
        OpenSSLFailure.forget()
        // The SSL is this object's own. The answer of the peer is not waited for.
        unsafe SSL_shutdown(self.pointer)
        OpenSSLFailure.forget()
    }

    /// Asks for another handshake (TLS 1.2).
    func renegotiate() -> Outcome {
        OpenSSLFailure.forget()
        // The SSL is this object's own.
        let result = unsafe SSL_renegotiate(self.pointer)
        return result == 1 ? self.handshake() : self.outcome(result)
    }

    /// The sessions offered since the last call.
    func takeOfferedSessions() -> [SessionHandle] {
        defer { self.offeredSessions = [] }
        return self.offeredSessions
    }

    private static func make(
        _ context: ContextHandle
    ) throws(TLSError) -> (OpaquePointer, OpaquePointer, OpaquePointer) {
        OpenSSLFailure.forget()
        // All three are new; each is freed here unless all could be made.
        let pointer = unsafe SSL_new(context.pointer)
        // As above.
        let input = unsafe BIO_new(BIO_s_mem())
        // As above.
        let output = unsafe BIO_new(BIO_s_mem())
        // As above.
        guard let pointer = unsafe pointer, let input = unsafe input, let output = unsafe output else {
            let failures = OpenSSLFailure.take()
            // As above; freeing nil does nothing.
            unsafe SSL_free(pointer)
            // As above.
            unsafe BIO_free(input)
            // As above.
            unsafe BIO_free(output)
            throw .invalidConfiguration("no TLS connection could be made", failures)
        }
        // An empty BIO is "not yet", never the end of the stream.
        unsafe shim_BIO_set_mem_eof_return(input, -1)
        // The SSL takes over both.
        unsafe SSL_set_bio(pointer, input, output)
        // As above.
        return unsafe (pointer, input, output)
    }

    /// Gives the records to OpenSSL.
    ///
    /// - Returns: Whether any is usable.
    private func addDANERecords(_ records: [TLSARecord], peer: PeerName) throws(TLSError) -> Bool {
        let records = records.filter(\.isUsable)
        guard !records.isEmpty else { return false }
        guard case .host(let name) = peer else {
            throw .invalidConfiguration("TLSA records belong to a host name, not to the address \(peer.text)")
        }
        OpenSSLFailure.forget()
        // The SSL is this object's own; the name is a copy that lives through the call.
        guard unsafe SSL_dane_enable(self.pointer, name) > 0 else {
            throw .invalidConfiguration("DANE cannot be used", OpenSSLFailure.take())
        }
        // As above.
        unsafe SSL_dane_set_flags(self.pointer, UInt(DANE_FLAG_NO_DANE_EE_NAMECHECKS))
        var isUsable = false
        for record in records {
            OpenSSLFailure.forget()
            // As above; the data is copied.
            let result = unsafe SSL_dane_tlsa_add(
                self.pointer,
                record.usage,
                record.selector,
                record.matchingType,
                record.data,
                record.data.count
            )
            if result > 0 { isUsable = true }
        }
        OpenSSLFailure.forget()
        if !isUsable {
            // As above. Enabling DANE has set the name; without a record it is the configuration's to set.
            unsafe SSL_set1_host(self.pointer, nil)
        }
        return isUsable
    }

    private func setPeer(_ peer: PeerName, isVerified: Bool) throws(TLSError) {
        OpenSSLFailure.forget()
        var done = true
        // The SSL is this object's own; the strings are copies that live through the calls.
        switch peer {
        case .host(let name):
            // As above.
            done = unsafe shim_SSL_set_tlsext_host_name(self.pointer, name) == 1
            if isVerified, done {
                // As above.
                done = unsafe SSL_set1_host(self.pointer, name) == 1
            }
        case .address(let address):
            if isVerified {
                // As above; the parameters belong to the SSL.
                done = unsafe X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(self.pointer), address) == 1
            }
        }
        let flags = X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT
        // As above.
        unsafe SSL_set_hostflags(self.pointer, UInt32(flags))
        guard done else {
            throw .invalidConfiguration("the name \(peer.text) cannot be verified", OpenSSLFailure.take())
        }
    }

    private func outcome(_ result: Int32) -> Outcome {
        if result > 0 { return .done(Int(result)) }
        // The SSL is this object's own, and no other call came between.
        switch unsafe SSL_get_error(self.pointer, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .needsInput
        case SSL_ERROR_ZERO_RETURN: return .ended
        default: return .failed(OpenSSLFailure.take())
        }
    }

    /// What OpenSSL calls for each certificate of a chain: keeps the first failure for the error, decides nothing.
    static let noteVerification: @Sendable @convention(c) (Int32, OpaquePointer?) -> Int32 = {
        isValid,
        store in
        guard isValid == 0 else { return isValid }
        // OpenSSL passes the store of a verification that an SSL of this module has begun.
        guard let store = unsafe store, let connection = unsafe SSLConnection.verifying(store),
            connection.verificationFailure == nil
        else { return isValid }
        // The certificate belongs to the store; a reference is added.
        let certificate = unsafe X509_STORE_CTX_get_current_cert(store).map {
            // As above.
            unsafe CertificateHandle(sharing: $0)
        }
        connection.verificationFailure = VerificationFailure(
            // As above.
            error: unsafe X509_STORE_CTX_get_error(store),
            certificate: certificate.flatMap { try? TLSCertificate($0) }
        )
        return isValid
    }

    /// What OpenSSL calls for each session a server offers.
    static let keepSession: @Sendable @convention(c) (OpaquePointer?, OpaquePointer?) -> Int32 = {
        ssl,
        session in
        // OpenSSL passes an SSL of this module, and a reference when the answer is 1.
        guard let ssl = unsafe ssl, let session = unsafe session,
            // As above.
            let connection = unsafe SSLConnection.of(ssl), connection.offeredSessions.count < 4
        else { return 0 }
        // As above.
        connection.offeredSessions.append(unsafe SessionHandle(owning: session))
        return 1
    }

    private static func verifying(_ store: OpaquePointer) -> SSLConnection? {
        // OpenSSL keeps the SSL with the store under this index.
        let ssl = unsafe X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx())
        // As above.
        return unsafe ssl.flatMap { unsafe Self.of(OpaquePointer($0)) }
    }

    private static func of(_ ssl: OpaquePointer) -> SSLConnection? {
        // Set in init, cleared in deinit: the object is alive.
        unsafe SSL_get_ex_data(ssl, 0).map {
            // The object is alive, as said above.
            unsafe Unmanaged<SSLConnection>.fromOpaque($0).takeUnretainedValue()
        }
    }
}
