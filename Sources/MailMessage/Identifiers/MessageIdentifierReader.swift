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
        var open: [UInt8]?
        for octet in text.utf8.prefix(maximumInput) {
            if let started = open {
                switch octet {
                case HeaderOctet.closeAngle:
                    let value = String(decoding: started, as: UTF8.self)
                    if let identifier = try? MessageIdentifier(lenient: value) {
                        identifiers.append(identifier)
                        if identifiers.count == maximumCount { return identifiers }
                    }
                    open = nil
                case HeaderOctet.openAngle:
                    open = []
                case HeaderOctet.space, HeaderOctet.tab, HeaderOctet.carriageReturn, HeaderOctet.lineFeed:
                    // Some programs fold within an identifier.
                    break
                default:
                    open?.append(octet)
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
            case HeaderOctet.openAngle where depth == 0: open = []
            default: break
            }
        }
        return identifiers
    }
}
