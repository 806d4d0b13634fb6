internal import AsyncSMTP
internal import Foundation
internal import Synchronization

/// Passwords and tokens that are never printed, whoever says them: a server that knows one could repeat it in any reply.
enum Redaction {
    /// Secrets with fewer octets stand in many words by chance, and are left alone.
    private static let minimumLength = 4
    private static let mark = Data("[redacted]".utf8)

    private static let secrets = Mutex<[Data]>([])

    /// Keeps a secret out of what is printed from now on.
    static func add(_ secret: Secret) {
        let octets = Data(secret.copy())
        guard octets.count >= Self.minimumLength else { return }
        // As text of a reply is escaped, too.
        let escaped = Data(PrintableText.escape(String(decoding: octets, as: UTF8.self), limit: .max).utf8)
        Self.secrets.withLock { known in
            for form in [octets, escaped] where !known.contains(form) { known.append(form) }
            // What holds another goes first.
            known.sort { $0.count > $1.count }
        }
    }

    /// The text without them, and without base64 that holds one, as SASL says them.
    static func applied(to text: String) -> String {
        let secrets = Self.secrets.withLock { $0 }
        guard !secrets.isEmpty else { return text }
        let octets = secrets.reduce(Data(text.utf8)) { Self.replacing($1, in: $0) }
        return Self.withoutEncoded(secrets, String(decoding: octets, as: UTF8.self))
    }

    /// One pass from the beginning to the end: what was put in is not looked at again.
    private static func replacing(_ secret: Data, in text: Data) -> Data {
        var result = Data()
        var rest = text[...]
        while let place = rest.range(of: secret) {
            result += rest[rest.startIndex..<place.lowerBound] + Self.mark
            rest = rest[place.upperBound...]
        }
        return result + rest
    }

    private static func withoutEncoded(_ secrets: [Data], _ text: String) -> String {
        text.replacing(/[A-Za-z0-9+\/]{6,}={0,2}/) { match -> String in
            let encoded = String(match.0)
            // Words around it may lengthen it; what stands in it begins at any of four places.
            let isSecret = (0..<4).contains { offset in
                let part = encoded.dropFirst(offset).prefix { $0 != "=" }
                let padded = part + String(repeating: "=", count: (4 - part.count % 4) % 4)
                guard let octets = Data(base64Encoded: String(padded)) else { return false }
                return secrets.contains { octets.range(of: $0) != nil }
            }
            return isSecret ? "[redacted]" : encoded
        }
    }
}
