/// What a message, or a part of one, must be read as, told from what it was made of.
struct ExpectedPart: Encodable {
    /// Its header, Content-Transfer-Encoding left out.
    var fields: [ExpectedField]
    /// The parts of a multipart.
    var children: [ExpectedPart]?
    /// The message in it, alone in an array.
    var message: [ExpectedPart]?
    /// Octets of a leaf in base64.
    var content: String?
    /// Paragraphs of flowed text.
    var paragraphs: [String]?
    /// Whether the octets are text, the last line of which may be ended.
    var isText = false
    /// Whether the last line of the message in it may be ended.
    var isFree: Bool?
}

/// A header field as it must be read.
struct ExpectedField: Encodable {
    var name: String
    var kind: String
    var text: String?
    var entries: [ExpectedEntry]?
    var list: [String]?
    var seconds: Int64?
    var zone: Int?
    var parameters: [[String]]?

    static func text(_ name: String, _ text: String) -> ExpectedField {
        ExpectedField(name: name, kind: "text", text: text)
    }

    static func addresses(_ name: String, _ entries: [ExpectedEntry]) -> ExpectedField {
        ExpectedField(name: name, kind: "addresses", entries: entries)
    }

    static func list(_ name: String, _ list: [String]) -> ExpectedField {
        ExpectedField(name: name, kind: "list", list: list)
    }

    static func date(_ name: String, _ seconds: Int64, zone: Int) -> ExpectedField {
        ExpectedField(name: name, kind: "date", seconds: seconds, zone: zone)
    }

    static func parameterized(_ name: String, _ value: String, _ parameters: [[String]]) -> ExpectedField {
        ExpectedField(name: name, kind: "parameterized", text: value, parameters: parameters)
    }
}

/// An entry of an address list as it must be read: a group, or one mailbox without one.
struct ExpectedEntry: Encodable {
    var group: String?
    /// Name, empty for none, and address of each.
    var mailboxes: [[String]]
}
