internal import MailAddress

/// The name of a file for a recipient to save it under, as it stands in Content-Disposition (RFC 2183 §2.3).
///
/// It names a file and never a place: paths and drive letters are removed. So are characters that change the
/// direction of text, with which `exe.pdf` can be made to look like `fdp.exe`, and dots and spaces at the end,
/// which some systems drop and some hide.
public struct FileName: Sendable, Hashable {
    /// The greatest length of a name in octets of UTF-8.
    public static let maximumLength = 4096

    /// The name.
    public let value: String

    /// Takes a name, or the last component of a path with `/` or `\`.
    ///
    /// - Throws: ``MessageError`` with ``MessageError/Reason/controlCharacter`` when it holds a control
    ///   character, a tab or a line end among them, with ``MessageError/Reason/invalidFileName`` when nothing
    ///   is left of it, and with ``MessageError/Reason/tooLarge`` when more than 4096 octets are.
    public init(_ text: String) throws(MessageError) {
        guard ForbiddenCharacters.firstIndex(in: text.utf8) == nil else {
            throw MessageError(.controlCharacter, field: "filename", detail: text)
        }
        var name = text.unicodeScalars.filter { !Self.changesDirection($0) }[...]
        if let separator = name.lastIndex(where: { $0 == "/" || $0 == "\\" }) {
            name = name[name.index(after: separator)...]
        }
        while let drive = name.first, drive.properties.isAlphabetic, drive.isASCII,
            name.dropFirst().first == ":"
        {
            name = name.dropFirst(2)
        }
        while let last = name.last, last == "." || last == " " {
            name = name.dropLast()
        }
        let value = String(name)
        guard !value.isEmpty else { throw MessageError(.invalidFileName, detail: text) }
        guard value.utf8.count <= Self.maximumLength else {
            throw MessageError(.tooLarge, field: "filename", detail: text)
        }
        self.value = value
    }

    /// Takes a name in octets.
    ///
    /// - Throws: ``MessageError`` as ``init(_:)`` does, and with ``MessageError/Reason/invalidFileName`` when
    ///   the octets are not UTF-8.
    public init(octets: some Collection<UInt8>) throws(MessageError) {
        guard let text = String(validating: octets, as: UTF8.self) else {
            throw MessageError(.invalidFileName, detail: "not UTF-8")
        }
        try self.init(text)
    }

    /// What follows the last dot, in lower case; nil when there is no dot, or nothing before or behind it.
    public var fileExtension: String? {
        let parts = value.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 1, let last = parts.last, !last.isEmpty, value.first != "." || parts.count > 2
        else { return nil }
        return last.lowercased()
    }

    private static func changesDirection(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}

extension FileName: CustomStringConvertible {
    /// The same as ``value``.
    public var description: String { value }
}
