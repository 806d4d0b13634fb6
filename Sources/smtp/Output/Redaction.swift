internal import AsyncSMTP
internal import Foundation
internal import Synchronization

/// Passwords and tokens that are never printed, whoever says them: a server that knows one could repeat it in any reply.
enum Redaction {
    /// Secrets with fewer octets stand in many words by chance, and are left alone.
    private static let minimumLength = 4

    private static let forms = Mutex<[Data]>([])

    /// Keeps a secret out of what is printed from now on: as it is, in base64, and as PLAIN says it.
    static func add(_ secret: Secret, user: String?) {
        let octets = Data(secret.copy())
        guard octets.count >= Self.minimumLength else { return }
        let plain = Data("\0\(user ?? "")\0".utf8) + octets
        let text = String(decoding: octets, as: UTF8.self)
        // As text of a reply is escaped, and as JSON writes it.
        let escaped = Data(PrintableText.escape(text, limit: .max).utf8)
        let json = (try? JSONEncoder().encode(text)).map { $0.dropFirst().dropLast() } ?? octets
        let forms = [octets, escaped, Data(json), octets.base64EncodedData(), plain.base64EncodedData()]
        Self.forms.withLock { known in
            for form in forms where !known.contains(form) { known.append(form) }
            // What holds another goes first.
            known.sort { $0.count > $1.count }
        }
    }

    /// The text without them.
    static func applied(to text: Data) -> Data {
        var text = text
        for form in Self.forms.withLock({ $0 }) {
            while let place = text.range(of: form) {
                text.replaceSubrange(place, with: Data("[redacted]".utf8))
            }
        }
        return text
    }
}
