extension BodyPart {
    /// What the part is made of when it is rendered.
    ///
    /// Octets whose type says that they are a message are one: nothing but their own header may encode them
    /// (RFC 2046 section 5.2.1). `message/global` and its kin may be encoded (RFC 6532 section 3.7, RFC 6533).
    var renderedBody: Body {
        guard case .octets(let content) = self.body, self.mediaType.type == "message",
            !self.mediaType.subtype.hasPrefix("global")
        else { return self.body }
        return .messageOctets(content)
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
