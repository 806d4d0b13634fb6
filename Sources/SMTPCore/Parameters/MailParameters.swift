internal import MailAddress

/// Parameters of MAIL, each with how much the caller wants it.
///
/// SIZE, BODY and SMTPUTF8 take care of themselves while they are nil: the library looks at the content and
/// the addresses and uses what the server offers. Everything else is left out unless asked for.
public struct MailParameters: Sendable, Hashable {
    /// SIZE in octets (RFC 1870); nil declares the true size whenever it is known and SIZE is offered.
    public var size: Demand<UInt64>?
    /// BODY (RFC 6152, RFC 3030); nil declares `8BITMIME` where the content needs it.
    public var body: Demand<BodyType>?
    /// SMTPUTF8 (RFC 6531); nil uses it where an address or a header field needs it.
    ///
    /// Unless it is `.never`, a message that needs it does not go to a server without it.
    public var smtpUTF8: Demand<Presence>?
    /// RET (RFC 3461).
    public var returnContent: Demand<ReturnContent> = .never
    /// ENVID (RFC 3461).
    public var envelopeIdentifier: Demand<EnvelopeIdentifier> = .never
    /// AUTH: who submitted the message; `.null` says that it is not known (RFC 4954 section 5).
    public var submitter: Demand<ReversePath> = .never
    /// REQUIRETLS: every hop must use verified TLS, or the message comes back (RFC 8689).
    public var requireTLS: Demand<Presence> = .never
    /// HOLDFOR or HOLDUNTIL (RFC 4865).
    public var futureRelease: Demand<FutureRelease> = .never
    /// BY (RFC 2852).
    public var deliverBy: Demand<DeliverBy> = .never
    /// MT-PRIORITY (RFC 6710).
    public var priority: Demand<TransferPriority> = .never
    /// Parameters of other extensions, sent in this order behind the known ones.
    public var custom: [CustomParameter] = []

    /// Makes parameters that take care of themselves.
    public init() {}
}

extension MailParameters {
    /// What the parameters depend on besides the caller's wishes.
    package struct Context {
        /// What the server offers.
        package var extensions: ServerExtensions
        /// What is known about the content; nil before DATA is known, in single-command use.
        package var content: ContentSurvey?
        /// Whether an address of the envelope has a local part outside ASCII.
        package var addressNeedsSMTPUTF8: Bool
        /// Whether the connection is encrypted and the server verified.
        package var isVerifiedTLS: Bool

        package init(
            extensions: ServerExtensions,
            content: ContentSurvey? = nil,
            addressNeedsSMTPUTF8: Bool = false,
            isVerifiedTLS: Bool = false
        ) {
            self.extensions = extensions
            self.content = content
            self.addressNeedsSMTPUTF8 = addressNeedsSMTPUTF8
            self.isVerifiedTLS = isVerifiedTLS
        }
    }

    /// Parameters to send with MAIL.
    ///
    /// - Throws: ``NegotiationError`` when something required or needed is not offered.
    package func resolve(in context: Context) throws(NegotiationError) -> [ESMTPParameter] {
        let extensions = context.extensions
        var result: [ESMTPParameter] = []
        func add(_ keyword: String, _ value: String?) {
            result.append(ESMTPParameter(keyword: keyword, encoded: value))
        }
        if let size = try self.resolveSize(in: context) { add("SIZE", String(size)) }
        if let body = try self.resolveBody(in: context) { add("BODY", body.rawValue) }
        if try self.resolveSMTPUTF8(in: context) { add("SMTPUTF8", nil) }
        let dsn = extensions.offers(.dsn)
        if let value = try self.returnContent.resolve(offered: dsn, extension: .dsn) {
            add("RET", value.rawValue)
        }
        if let value = try self.envelopeIdentifier.resolve(offered: dsn, extension: .dsn) {
            add("ENVID", value.encoded)
        }
        if let value = try self.submitter.resolve(offered: extensions.offers(.auth), extension: .auth) {
            add("AUTH", value.address.map { Xtext.encode($0.wireForm.utf8) } ?? "<>")
        }
        if try self.resolveRequireTLS(in: context) { add("REQUIRETLS", nil) }
        if let value = try self.futureRelease.resolve(
            offered: extensions.offers(.futureRelease),
            extension: .futureRelease
        ) {
            result.append(value.parameter)
        }
        if let value = try self.deliverBy.resolve(
            offered: extensions.offers(.deliverBy),
            extension: .deliverBy
        ) {
            add("BY", value.value)
        }
        if let value = try self.priority.resolve(
            offered: extensions.offers(.mtPriority),
            extension: .mtPriority
        ) {
            add("MT-PRIORITY", String(value.value))
        }
        for parameter in self.custom {
            if let value = try parameter.resolve(with: extensions) { result.append(value) }
        }
        return result
    }

    /// Whether the transaction carries binary content, which goes by BDAT and as it is.
    package func usesBinaryMIME(with extensions: ServerExtensions) -> Bool {
        switch self.body {
        case .require(.binaryMIME): true
        case .prefer(.binaryMIME): extensions.offers(.binaryMIME) && extensions.offers(.chunking)
        default: false
        }
    }

    private func resolveSize(in context: Context) throws(NegotiationError) -> UInt64? {
        let offered = context.extensions.offers(.size)
        let size: UInt64?
        if let demand = self.size {
            size = try demand.resolve(offered: offered, extension: .size)
        } else {
            size = offered ? context.content?.size : nil
        }
        // What is declared by hand does not hide what is known.
        let known = [size, context.content?.size].compactMap { $0 }.max()
        if let known, let limit = context.extensions.maximumMessageSize, known > limit {
            throw NegotiationError(.messageTooLarge(size: known, limit: limit))
        }
        return size
    }

    private func resolveBody(in context: Context) throws(NegotiationError) -> BodyType? {
        let extensions = context.extensions
        let eightBit = extensions.offers(.eightBitMIME)
        switch self.body {
        case .prefer(.binaryMIME) where self.usesBinaryMIME(with: extensions):
            return .binaryMIME
        case .require(.binaryMIME):
            guard extensions.offers(.binaryMIME) else { throw NegotiationError(.notOffered(.binaryMIME)) }
            guard extensions.offers(.chunking) else { throw NegotiationError(.notOffered(.chunking)) }
            return .binaryMIME
        case .require(let type):
            return try Demand.require(type).resolve(offered: eightBit, extension: .eightBitMIME)
        case nil, .never, .prefer:
            break
        }
        // Whatever is declared or not, octets above 0x7F never go to a server that cannot take them.
        if context.content?.hasEightBitOctets == true, !eightBit {
            throw NegotiationError(.notOffered(.eightBitMIME), neededFor: "content with octets above 0x7F")
        }
        switch self.body {
        case .prefer(.sevenBit): return eightBit ? .sevenBit : nil
        case .prefer(.eightBitMIME): return eightBit ? .eightBitMIME : nil
        case nil, .prefer(.binaryMIME):
            return eightBit && context.content?.mayHaveEightBitOctets == true ? .eightBitMIME : nil
        default: return nil
        }
    }

    private func resolveSMTPUTF8(in context: Context) throws(NegotiationError) -> Bool {
        let offered = context.extensions.offers(.smtpUTF8)
        // To prefer it is not to do without it where something needs it (RFC 6531 section 3.2).
        if let demand = self.smtpUTF8, offered || demand != .prefer {
            return try demand.resolve(offered: offered, extension: .smtpUTF8) != nil
        }
        let need =
            context.addressNeedsSMTPUTF8
            ? "an address with a local part outside ASCII"
            : context.content?.hasEightBitHeader == true ? "a header field outside ASCII" : nil
        guard let need else { return false }
        guard offered else { throw NegotiationError(.notOffered(.smtpUTF8), neededFor: need) }
        return true
    }

    private func resolveRequireTLS(in context: Context) throws(NegotiationError) -> Bool {
        let offered = context.extensions.offers(.requireTLS)
        guard try self.requireTLS.resolve(offered: offered, extension: .requireTLS) != nil else {
            return false
        }
        if context.isVerifiedTLS { return true }
        if case .require = self.requireTLS { throw NegotiationError(.needsVerifiedTLS) }
        return false
    }
}
