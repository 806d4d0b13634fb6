internal import TransferEncoding

/// The DKIM-Signature field: its tags in order, folded (RFC 6376 section 3.5).
struct SignatureTags {
    /// Greatest number that the tags `t=` and `x=` may have, 12 digits.
    static let maximumTime: Int64 = 999_999_999_999

    /// Most columns of a line, unless a domain or an identity is longer.
    private static let columns = 78
    private static let name = "DKIM-Signature"

    /// The field up to `b=`, whose value is empty, without CRLF at the end.
    private(set) var text = "\(Self.name):"
    private var column = Self.name.utf8.count + 1

    /// Puts together the tags.
    ///
    /// - Throws: ``DKIMError`` with ``DKIMError/Reason/invalidTime``.
    init(
        _ signer: DKIMSigner,
        listing fields: [String],
        bodyHash: [UInt8],
        secondsSince1970 time: Int64
    ) throws(DKIMError) {
        guard (0...Self.maximumTime).contains(time) else { throw DKIMError(.invalidTime, "\(time)") }
        self.add("v=1;")
        self.add("a=\(signer.key.algorithm.tagValue);")
        self.add("c=\(signer.headerCanonicalization.rawValue)/\(signer.bodyCanonicalization.rawValue);")
        self.add("d=\(signer.domain);")
        self.add("s=\(signer.selector);")
        self.add("t=\(time);")
        if let validity = signer.validity {
            let end = time + validity.components.seconds
            guard end <= Self.maximumTime else { throw DKIMError(.invalidTime, "an end at \(end)") }
            self.add("x=\(end);")
        }
        if let identity = signer.identityTag { self.add("i=\(identity);") }
        for (index, field) in fields.enumerated() {
            let end = index == fields.count - 1 ? ";" : ":"
            if index == 0 { self.add("h=\(field)\(end)") } else { self.join("\(field)\(end)") }
        }
        self.add("bh=\(Base64.encode(bodyHash));")
        self.add("b=")
    }

    /// Adds what must stay together behind a space or a fold.
    private mutating func add(_ piece: String) {
        if self.column + 1 + piece.utf8.count > Self.columns {
            self.fold()
        } else {
            self.text += " "
            self.column += 1
        }
        self.append(piece)
    }

    /// Adds what must stay together to what is there, or behind a fold.
    private mutating func join(_ piece: String) {
        if self.column + piece.utf8.count > Self.columns { self.fold() }
        self.append(piece)
    }

    private mutating func append(_ piece: String) {
        self.text += piece
        self.column += piece.utf8.count
    }

    private mutating func fold() {
        self.text += "\r\n "
        self.column = 1
    }

    /// What is hashed of this field: at the end of all others, without CRLF (RFC 6376 section 3.7).
    func hashed(_ canonicalization: DKIMCanonicalization) -> [UInt8] {
        switch canonicalization {
        case .simple:
            return Array(self.text.utf8)
        case .relaxed:
            var result: [UInt8] = []
            let value = Array(self.text.utf8.dropFirst(Self.name.utf8.count + 1))
            HeaderBlock.appendRelaxed(name: Self.name.lowercased(), value: value[...], to: &result)
            return result.dropLast(2)
        }
    }

    /// The whole field with the signature, ended by CRLF.
    consuming func field(signature: [UInt8]) -> [UInt8] {
        var rest = Base64.encode(signature)[...]
        while !rest.isEmpty {
            if self.column >= Self.columns { self.fold() }
            let piece = rest.prefix(Self.columns - self.column)
            self.append(String(piece))
            rest = rest.dropFirst(piece.count)
        }
        return Array(self.text.utf8) + [0x0D, 0x0A]
    }
}
