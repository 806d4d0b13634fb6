import Foundation

/// The two forms of a domain with labels outside ASCII, or with `xn--` labels (RFC 5890, UTS-46).
///
/// Foundation hands the host of a `URLComponents` to ICU: non-transitional UTS-46, with the BiDi and joiner
/// rules. This type asks for nothing else of it, gives it nothing but letters, digits, hyphens, dots and
/// non-ASCII text, and checks the answer: the A-labels must be plain host labels, and the way to Unicode and
/// back must end where it began.
struct InternationalDomain {
    /// The domain as lower-case A-labels.
    let ascii: String

    /// The domain as U-labels.
    let unicode: String

    /// The prefix of an A-label.
    static let prefix = Array("xn--".utf8)

    /// A bound on what is worth mapping, in bytes: 255 octets of A-labels never need more.
    static let maximumInputLength = 4 * MailDomain.maximumLength

    /// Maps `name`; fails when UTS-46 refuses it or a label does not survive the round trip.
    ///
    /// - Parameter name: Labels of ASCII letters, digits, hyphens and non-ASCII text, separated by dots.
    init?(_ name: String) {
        guard let ascii = Self.encoded(name), let unicode = Self.decoded(ascii) else { return nil }
        guard Self.encoded(unicode) == ascii else { return nil }

        let asciiLabels = ascii.utf8.split(separator: .dot, omittingEmptySubsequences: false)
        let unicodeLabels = unicode.utf8.split(separator: .dot, omittingEmptySubsequences: false)
        guard asciiLabels.count == unicodeLabels.count else { return nil }
        for (asciiLabel, unicodeLabel) in zip(asciiLabels, unicodeLabels) {
            guard Self.isHostLabel(asciiLabel) else { return nil }
            if asciiLabel.starts(with: Self.prefix) {
                guard !unicodeLabel.allSatisfy(\.isASCII) else { return nil }
            } else {
                guard unicodeLabel.elementsEqual(asciiLabel) else { return nil }
            }
        }
        self.ascii = ascii
        self.unicode = unicode
    }

    /// Whether `label` is one to 63 letters, digits and hyphens, with no hyphen at either end.
    static func isHostLabel<Label: BidirectionalCollection<UInt8>>(_ label: Label) -> Bool {
        guard let first = label.first, let last = label.last, label.count <= MailDomain.maximumLabelLength
        else { return false }
        return first != .hyphen && last != .hyphen && label.allSatisfy { $0.isLetterOrDigit || $0 == .hyphen }
    }

    private static func encoded(_ name: String) -> String? {
        var components = URLComponents()
        components.host = name
        guard let host = components.encodedHost, host.utf8.allSatisfy(\.isASCII) else { return nil }
        return host
    }

    private static func decoded(_ name: String) -> String? {
        var components = URLComponents()
        components.host = name
        return components.host
    }
}
