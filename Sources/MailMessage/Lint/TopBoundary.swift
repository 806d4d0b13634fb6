/// What the header of a message says of the boundary between its parts (RFC 2046 §5.1.1).
enum TopBoundary: Sendable, Hashable {
    /// Nothing: the message is no multipart, or its Content-Type cannot be read.
    case none
    /// Nothing, although it is a multipart.
    case missing
    /// The boundary.
    case text(String)

    /// The greatest length of a value that is read, in octets: no boundary needs more, and it bounds the work.
    private static let maximumLength = 4096

    /// Reads it in Content-Type.
    init(_ fields: ReceivedFields) {
        self = .none
        guard let field = fields.first("content-type"), field.value.count <= Self.maximumLength else {
            return
        }
        let text = field.text
        guard let type = try? MediaType(parsing: text) else {
            let lowered = text.lowercased()
            if lowered.hasPrefix("multipart/"), !lowered.contains("boundary") { self = .missing }
            return
        }
        guard type.isMultipart else { return }
        let boundary = type.parameter("boundary") ?? ""
        self = (1...70).contains(boundary.utf8.count) ? .text(boundary) : .missing
    }
}
