internal import OpenSSLCrypto

/// What a server says, made safe to keep and to print.
enum ServerText {
    /// Octets of a challenge that is looked at: 12288 in base64 (RFC 4954 section 4).
    static let maximumChallenge = 9216
    /// Characters of a text that is kept.
    static let limit = 500

    /// A text without control, format, bidirectional and unassigned characters, and no longer than the limit.
    static func escaped(_ octets: some Collection<UInt8>) -> String {
        var result = ""
        var length = 0
        for scalar in String(decoding: octets.prefix(4 * Self.limit), as: UTF8.self).unicodeScalars {
            let piece = Self.escaped(scalar)
            length += piece.unicodeScalars.count
            guard length <= Self.limit else { return result + "…" }
            result += piece
        }
        return result
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate:
            "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
        default: String(scalar)
        }
    }

    /// The octets with every occurrence of a secret replaced.
    static func redacted(_ octets: [UInt8], _ secrets: [Secret]) -> [UInt8] {
        var result = Array(octets.prefix(Self.maximumChallenge))
        for secret in secrets where !secret.isEmpty {
            let pattern = secret.copy()
            var clean: [UInt8] = []
            var index = 0
            while index < result.count {
                if result[index...].starts(with: pattern) {
                    clean += "[redacted]".utf8
                    index += pattern.count
                } else {
                    clean.append(result[index])
                    index += 1
                }
            }
            result = clean
        }
        return result
    }
}
