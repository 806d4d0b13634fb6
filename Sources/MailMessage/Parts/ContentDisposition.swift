/// Where a part is shown (RFC 2183).
public struct ContentDisposition: Sendable, Hashable {
    /// How a reader treats a part.
    public enum Kind: String, Sendable, Hashable {
        /// Where it stands, as a part of the message.
        case inline
        /// Apart from the message, when asked for.
        case attachment
    }

    /// How a reader treats the part.
    public var kind: Kind
    /// Name for the file the part is stored in; directories are left out, controls are refused.
    public var fileName: String?
    /// When the file was made.
    public var creationDate: MailDate?
    /// When the file was changed last.
    public var modificationDate: MailDate?
    /// Octets of the file, as a hint.
    public var size: UInt64?

    /// Makes a disposition.
    public init(_ kind: Kind, fileName: String? = nil) {
        self.kind = kind
        self.fileName = fileName
    }

    /// The value of Content-Disposition.
    ///
    /// - Throws: ``MessageError`` for a file name without a usable character, or with a control character.
    var value: FieldValue {
        get throws(MessageError) {
            var parameters: [Parameter] = []
            if let fileName { parameters.append(try Parameter("filename", FileName(fileName).value)) }
            if let creationDate {
                parameters.append(try Parameter("creation-date", creationDate.description))
            }
            if let modificationDate {
                parameters.append(try Parameter("modification-date", modificationDate.description))
            }
            if let size { parameters.append(try Parameter("size", String(size))) }
            return .parameterized(self.kind.rawValue, parameters)
        }
    }
}
