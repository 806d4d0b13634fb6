public import SMTPCore

/// Replies told by their code, their enhanced status code, or both.
///
/// `451`, `45x` and `4xx` are patterns of the reply code (RFC 5321 section 4.2.1), `4.7.1` and `4.7.x` of the
/// enhanced status code (RFC 3463), `451 4.7.x` of both.
public struct ReplyPattern: Sendable, Hashable, CustomStringConvertible {
    /// Digits of the reply code, nil for any; nil where the code does not matter.
    private let digits: [Int?]?
    /// Numbers of the enhanced status code, nil for any; nil where it does not matter.
    private let numbers: [Int?]?

    /// Parses a pattern.
    ///
    /// - Parameter text: Three digits, three numbers joined by dots, or both in this order with a space
    ///   between; `x` in place of any digit or number but the first stands for each.
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/invalidArgument`` for anything else, and for codes that
    ///   are not 2yz to 5yz.
    public init(_ text: String) throws(SMTPError) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        let hasStatus = parts.last?.contains(".") ?? false
        let digits = hasStatus && parts.count == 1 ? nil : parts.first.flatMap(Self.digits)
        let numbers = hasStatus ? parts.last.flatMap(Self.numbers) : nil
        guard parts.count == (digits == nil ? 0 : 1) + (numbers == nil ? 0 : 1) else {
            throw SMTPError(
                .invalidArgument,
                "\"\(PrintableText.escape(text))\" is no pattern of replies, such as 451 or 4.7.x",
                stage: .preparation
            )
        }
        self.digits = digits
        self.numbers = numbers
    }

    private static func digits(_ text: Substring) -> [Int?]? {
        let digits = text.utf8.map {
            Self.number($0 == UInt8(ascii: "x") ? "x" : "\(Character(Unicode.Scalar($0)))")
        }
        guard digits.count == 3, let first = digits[0], let first, (2...5).contains(first) else { return nil }
        return Self.all(digits)
    }

    private static func numbers(_ text: Substring) -> [Int?]? {
        let numbers = text.split(separator: ".", omittingEmptySubsequences: false).map(Self.number)
        guard numbers.count == 3, let first = numbers[0], let first, [2, 4, 5].contains(first) else {
            return nil
        }
        return Self.all(numbers)
    }

    /// A number of at most three digits, or nil for `x`; no value for anything else.
    private static func number(_ text: Substring) -> Int?? {
        if text == "x" { return .some(nil) }
        let isNumber = (1...3).contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) }
        return isNumber ? .some(Int(text)) : nil
    }

    /// The elements, if each has a value.
    private static func all(_ values: [Int??]) -> [Int?]? {
        let known = values.compactMap { $0 }
        return known.count == values.count ? known : nil
    }

    /// Whether a reply is one of those meant.
    ///
    /// A pattern with an enhanced status code never matches a reply without one.
    public func matches(_ reply: Reply) -> Bool {
        if let digits {
            let value = reply.code.value
            guard Self.matches(digits, [value / 100, value / 10 % 10, value % 10]) else { return false }
        }
        guard let numbers else { return true }
        guard let status = reply.enhancedStatus else { return false }
        return Self.matches(numbers, [status.statusClass, status.subject, status.detail])
    }

    private static func matches(_ pattern: [Int?], _ values: [Int]) -> Bool {
        zip(pattern, values).allSatisfy { $0 == nil || $0 == $1 }
    }

    /// The pattern in the form that ``init(_:)`` takes.
    public var description: String {
        func text(_ values: [Int?]) -> [String] { values.map { $0.map { "\($0)" } ?? "x" } }
        let parts = [
            self.digits.map { text($0).joined() }, self.numbers.map { text($0).joined(separator: ".") },
        ]
        return parts.compactMap { $0 }.joined(separator: " ")
    }
}
