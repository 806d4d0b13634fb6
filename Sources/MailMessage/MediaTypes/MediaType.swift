/// What a part holds: a type, a subtype and parameters, as in Content-Type (RFC 2045 §5.1).
public struct MediaType: Sendable, Hashable {
    /// The greatest length of a type or subtype in octets (RFC 6838 §4.2).
    public static let maximumNameLength = 127

    /// The type in lower case, such as `text`.
    public let type: String

    /// The subtype in lower case, such as `plain`.
    public let subtype: String

    /// The parameters in order, each name once.
    public private(set) var parameters: [Parameter]

    /// The type and subtype with a slash between them, without parameters.
    public var essence: String { "\(type)/\(subtype)" }

    /// Whether this is a multipart type, which needs a boundary.
    public var isMultipart: Bool { type == "multipart" }

    /// Makes a media type.
    ///
    /// - Throws: ``MessageError`` when the type or subtype is no token of up to 127 octets, or when a parameter
    ///   stands twice.
    public init(_ type: String, _ subtype: String, parameters: [Parameter] = []) throws(MessageError) {
        for name in [type, subtype] {
            guard !name.utf8.isEmpty, name.utf8.count <= Self.maximumNameLength,
                name.utf8.allSatisfy(HeaderOctet.isToken)
            else { throw MessageError(.invalidMediaType, detail: "\(type)/\(subtype)") }
        }
        var names: Set<String> = []
        for parameter in parameters where !names.insert(parameter.name).inserted {
            throw MessageError(.invalidParameter, field: parameter.name, detail: "\(type)/\(subtype)")
        }
        self.init(known: type.lowercased(), subtype.lowercased(), parameters)
    }

    /// Parses a media type, such as `text/plain; charset=utf-8`.
    ///
    /// Comments and the extended parameters of RFC 2231 are refused.
    ///
    /// - Throws: ``MessageError`` when the text is no media type, and with ``MessageError/Reason/tooLarge`` when it
    ///   has more than 64 KiB or more than 100 parameters.
    public init(parsing text: String) throws(MessageError) {
        var reader = MediaTypeReader(text)
        self = try reader.read()
    }

    /// Takes names in lower case and parameters that are known to be valid.
    init(known type: String, _ subtype: String, _ parameters: [Parameter] = []) {
        self.type = type
        self.subtype = subtype
        self.parameters = parameters
    }

    /// The value of a parameter; the case of its name does not count.
    public func parameter(_ name: String) -> String? {
        let name = name.lowercased()
        return parameters.first { $0.name == name }?.value
    }

    /// The same with a parameter set, in its place or at the end.
    public func setting(_ parameter: Parameter) -> MediaType {
        var copy = self
        if let index = parameters.firstIndex(where: { $0.name == parameter.name }) {
            copy.parameters[index] = parameter
        } else {
            copy.parameters.append(parameter)
        }
        return copy
    }
}

extension MediaType: CustomStringConvertible {
    /// The media type with its parameters; for people, since a header field needs quotes and encodings besides.
    public var description: String {
        ([essence] + parameters.map(\.description)).joined(separator: "; ")
    }
}
