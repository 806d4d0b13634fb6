internal import NIOCore

/// The name a client connects to: what the server's certificate must be issued for (RFC 7817, section 3).
enum PeerName: Hashable {
    /// A name of DNS, without trailing dot.
    case host(String)
    /// An IP address.
    case address(String)

    /// Tells an address literal from a name.
    ///
    /// - Throws: ``TLSError`` with code `invalidConfiguration` when the text is neither. International names
    ///   are given as A-labels.
    init(_ text: String) throws(TLSError) {
        // An address may name an interface, which no certificate knows.
        let unscoped = text.contains(":") ? String(text.prefix { $0 != "%" }) : text
        if !text.utf8.contains(0), (try? SocketAddress(ipAddress: unscoped, port: 0)) != nil {
            self = .address(unscoped)
            return
        }
        let name = text.hasSuffix(".") ? String(text.dropLast()) : text
        let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard name.utf8.count <= 253, labels.allSatisfy(Self.isLabel) else {
            throw .invalidConfiguration(
                "\"\(PeerText.escape(text))\" is no host name (in ASCII, international labels as xn--…) or address"
            )
        }
        self = .host(name)
    }

    /// The name or address itself.
    var text: String {
        switch self {
        case .host(let text), .address(let text): text
        }
    }

    private static func isLabel(_ label: some Collection<UInt8>) -> Bool {
        guard (1...63).contains(label.count) else { return false }
        return label.allSatisfy { octet in
            switch octet {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default:
                false
            }
        }
    }
}
