/// The reader of identifiers out of fields that other programs wrote.
enum MessageIdentifierReader {
    /// The greatest length of a value that is looked at, in octets: it bounds the work.
    static let maximumInput = 65_536

    /// The greatest number of identifiers that are read: it bounds what a reply carries on.
    static let maximumCount = 1000

    /// The identifiers in order; the work is linear in the length of the text.
    static func identifiers(in text: String) -> [MessageIdentifier] {
        var identifiers: [MessageIdentifier] = []
        var depth = 0
        var isEscaped = false
        var isOpen = false
        var value: [UInt8] = []
        for octet in text.utf8.prefix(maximumInput) {
            if isOpen {
                switch octet {
                case HeaderOctet.closeAngle:
                    let text = String(decoding: value, as: UTF8.self)
                    if let identifier = try? MessageIdentifier(lenient: text) {
                        identifiers.append(identifier)
                        if identifiers.count == maximumCount { return identifiers }
                    }
                    isOpen = false
                case HeaderOctet.openAngle:
                    value.removeAll(keepingCapacity: true)
                case HeaderOctet.space, HeaderOctet.tab, HeaderOctet.carriageReturn, HeaderOctet.lineFeed:
                    // Some programs fold within an identifier.
                    break
                default:
                    // One octet too many is enough to be refused.
                    if value.count <= MessageIdentifier.maximumLength { value.append(octet) }
                }
                continue
            }
            if isEscaped {
                isEscaped = false
                continue
            }
            switch octet {
            case HeaderOctet.backslash: isEscaped = depth > 0
            case HeaderOctet.openParenthesis: depth += 1
            case HeaderOctet.closeParenthesis: depth = max(0, depth - 1)
            case HeaderOctet.openAngle where depth == 0:
                isOpen = true
                value.removeAll(keepingCapacity: true)
            default: break
            }
        }
        return identifiers
    }
}
