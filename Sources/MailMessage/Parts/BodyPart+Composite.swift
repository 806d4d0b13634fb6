extension BodyPart {
    /// What the part is made of when it is rendered.
    ///
    /// Octets whose type says that they are a message are one: nothing but their own header may encode them
    /// (RFC 2046 section 5.2.1). `message/global` and its kin may be encoded (RFC 6532 section 3.7, RFC 6533). A
    /// message never tells about its hidden recipients, an attached one neither.
    ///
    /// - Throws: ``MessageError`` for a message that is called something else.
    var renderedBody: Body {
        get throws(MessageError) {
            let isMessage = self.mediaType.type == "message"
            switch self.body {
            case .octets(let content), .text(let content):
                guard isMessage, !self.mediaType.subtype.hasPrefix("global") else { return self.body }
                return .messageOctets(content.withoutHiddenFields)
            case .messageOctets(let content):
                try self.requireType(isMessage)
                return .messageOctets(content.withoutHiddenFields)
            case .message:
                try self.requireType(isMessage)
                return self.body
            case .multipart: return self.body
            }
        }
    }

    /// Whether the octets must be ASCII: fragments and references (RFC 2046 sections 5.2.2 and 5.2.3).
    var mustBeSevenBit: Bool { ["partial", "external-body"].contains(self.mediaType.subtype) }

    private func requireType(_ isRight: Bool) throws(MessageError) {
        guard isRight else {
            throw MessageError(
                .invalidMediaType,
                field: "Content-Type",
                detail: "a message cannot be \(self.mediaType.essence)"
            )
        }
    }

    /// Throws where the encoding asked for is none for parts within parts, or cannot carry them (RFC 2045
    /// section 6.4).
    ///
    /// - Parameter needs: What the parts within need.
    func requireEncoding(for needs: TransferCapability) throws(MessageError) {
        let carried: TransferCapability? =
            switch self.transferEncoding {
            case .sevenBit: .sevenBit
            case .eightBit: .eightBit
            case .binary, nil: .binary
            case .quotedPrintable, .base64: nil
            }
        guard let carried, needs <= carried else {
            throw MessageError(
                .invalidFieldValue,
                field: "Content-Transfer-Encoding",
                detail:
                    "\(self.transferEncoding?.rawValue ?? "") cannot be the encoding of this \(self.mediaType.essence)"
            )
        }
    }
}
