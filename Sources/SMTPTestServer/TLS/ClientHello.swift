import NIOCore

/// The first record of a TLS handshake (RFC 8446 section 4.1.2), looked into for the name it asks for.
enum ClientHello {
    /// Whether octets that begin as a handshake record do are not the whole record yet.
    static func isIncomplete(_ octets: ByteBuffer) -> Bool {
        guard octets.getInteger(at: octets.readerIndex, as: UInt8.self) == 0x16 else { return false }
        guard let length = octets.getInteger(at: octets.readerIndex + 3, as: UInt16.self) else { return true }
        return length <= 1 << 14 && octets.readableBytes < 5 + Int(length)
    }

    /// The host name of the server name extension (RFC 6066 section 3); nil for none, or when the record is
    /// not a ClientHello.
    static func serverName(in octets: ByteBuffer) -> String? {
        var record = octets
        guard record.readInteger(as: UInt8.self) == 0x16, record.readInteger(as: UInt16.self) != nil,
            let fragment = record.readLengthPrefixedSlice(as: UInt16.self)
        else { return nil }
        var hello = fragment
        // Type and length of the message, version, random.
        guard hello.readInteger(as: UInt8.self) == 1, hello.readBytes(length: 3 + 2 + 32) != nil,
            hello.readLengthPrefixedSlice(as: UInt8.self) != nil,  // session id
            hello.readLengthPrefixedSlice(as: UInt16.self) != nil,  // cipher suites
            hello.readLengthPrefixedSlice(as: UInt8.self) != nil,  // compression methods
            var extensions = hello.readLengthPrefixedSlice(as: UInt16.self)
        else { return nil }
        while let type = extensions.readInteger(as: UInt16.self),
            var body = extensions.readLengthPrefixedSlice(as: UInt16.self)
        {
            guard type == 0 else { continue }
            guard var names = body.readLengthPrefixedSlice(as: UInt16.self),
                names.readInteger(as: UInt8.self) == 0,
                let name = names.readLengthPrefixedSlice(as: UInt16.self)
            else { return nil }
            return String(buffer: name)
        }
        return nil
    }
}
