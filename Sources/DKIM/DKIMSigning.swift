package import NIOCore
internal import OpenSSLCrypto

/// The signatures of one message, made while it is read once: the header is kept, the body only hashed.
package struct DKIMSigning: ~Copyable {
    /// Most octets of a header, with CRLF as line ends.
    package static let maximumHeaderLength = 1 << 20

    private let signers: [DKIMSigner]
    private let time: Int64
    /// The header so far, with CRLF as line ends.
    private var header: [UInt8] = []
    private var isInHeader = true
    /// Octets of the header's last line so far.
    private var lineLength = 0
    /// Whether the last octet was CR, so that a LF belongs to it.
    private var endsInReturn = false
    private var simple: BodyHash?
    private var relaxed: BodyHash?

    /// Begins a message.
    ///
    /// - Parameters:
    ///   - signers: Each signs without regard to the others' signatures.
    ///   - secondsSince1970: The time of signing (`t=`).
    /// - Throws: ``DKIMError`` with ``DKIMError/Reason/cryptography``.
    package init(_ signers: [DKIMSigner], secondsSince1970: Int64) throws(DKIMError) {
        self.signers = signers
        self.time = secondsSince1970
        let forms = Set(signers.map(\.bodyCanonicalization))
        self.simple = forms.contains(.simple) ? try BodyHash(.simple) : nil
        self.relaxed = forms.contains(.relaxed) ? try BodyHash(.relaxed) : nil
    }

    /// Adds octets of the message as they go out, before dot-stuffing; CR, LF and CRLF all end a line.
    ///
    /// - Throws: ``DKIMError`` with ``DKIMError/Reason/headerTooLong`` or ``DKIMError/Reason/cryptography``.
    package mutating func append(_ piece: Span<UInt8>) throws(DKIMError) {
        guard !piece.isEmpty else { return }
        var start = self.endsInReturn && piece[0] == 0x0A ? 1 : 0
        self.endsInReturn = piece[piece.count - 1] == 0x0D
        if self.isInHeader { start = try self.appendHeader(piece, from: start) }
        guard start < piece.count else { return }
        let body = piece.extracting(start..<piece.count)
        try self.simple?.append(body)
        try self.relaxed?.append(body)
    }

    /// The same for the readable octets of a buffer.
    package mutating func append(_ buffer: ByteBuffer) throws(DKIMError) {
        try self.append(buffer.readableBytesUInt8Span)
    }

    /// Takes what belongs to the header.
    ///
    /// - Returns: Where the body begins, or the count of octets.
    private mutating func appendHeader(_ piece: Span<UInt8>, from start: Int) throws(DKIMError) -> Int {
        var index = start
        while index < piece.count {
            let octet = piece[index]
            index += 1
            guard octet == 0x0D || octet == 0x0A else {
                self.header.append(octet)
                self.lineLength += 1
                guard self.header.count <= Self.maximumHeaderLength else { throw DKIMError(.headerTooLong) }
                continue
            }
            if octet == 0x0D, index < piece.count, piece[index] == 0x0A { index += 1 }
            guard self.lineLength > 0 else {
                self.isInHeader = false
                break
            }
            self.header += [0x0D, 0x0A]
            self.lineLength = 0
        }
        return index
    }

    /// The DKIM-Signature fields, one for each signer in order, each folded and ended by CRLF.
    ///
    /// They are to be put in front of the message. Nothing may be added afterwards.
    ///
    /// A message that ends with its header, without an empty line, has an empty body.
    ///
    /// - Throws: ``DKIMError`` for a header that cannot be signed.
    package mutating func finish() throws(DKIMError) -> [UInt8] {
        guard !self.signers.isEmpty else { return [] }
        guard !self.isInHeader || self.lineLength == 0 else { throw DKIMError(.unfinishedHeader) }
        let header = try HeaderBlock(self.header)
        guard header.count(of: "from") > 0 else { throw DKIMError(.missingFrom) }
        let simple = try self.simple?.finish()
        let relaxed = try self.relaxed?.finish()
        var result: [UInt8] = []
        for signer in self.signers {
            let bodyHash = signer.bodyCanonicalization == .simple ? simple : relaxed
            let fields = signer.listedFields(in: header)
            let tags = try SignatureTags(
                signer,
                listing: fields,
                bodyHash: bodyHash ?? [],
                secondsSince1970: self.time
            )
            let form = signer.headerCanonicalization
            let hash = try Self.hash(header.hashed(fields, form) + tags.hashed(form))
            result += tags.field(signature: try signer.key.signature(ofHash: hash))
        }
        return result
    }

    private static func hash(_ octets: [UInt8]) throws(DKIMError) -> [UInt8] {
        do throws(CryptoError) {
            return try Digest.sha256.hash(octets)
        } catch {
            throw DKIMError(.cryptography, error.description)
        }
    }
}
