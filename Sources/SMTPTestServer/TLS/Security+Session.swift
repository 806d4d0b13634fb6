internal import NIOOpenSSL

extension Security {
    /// What the handshake has found out.
    init(_ session: TLSSession) {
        let subject = session.peerCertificates.first?.subject
        var bindings: [String: [UInt8]] = [:]
        bindings["tls-exporter"] = session.channelBinding(.exporter)
        bindings["tls-server-end-point"] = session.channelBinding(.serverEndPoint)
        self.init(
            version: session.version,
            cipher: session.cipher,
            clientSubject: subject,
            clientName: subject.flatMap(Self.commonName(of:)),
            bindings: bindings
        )
    }

    /// The value of the first `CN` of a name in the form of RFC 2253; nil when there is none.
    static func commonName(of subject: String) -> String? {
        var parts: [String] = [""]
        var isEscaped = false
        for character in subject {
            if isEscaped {
                parts[parts.count - 1].append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "," || character == "+" {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        return parts.first { $0.hasPrefix("CN=") }.map { String($0.dropFirst(3)) }
    }
}
