import NIOCore

/// Where the content of one message goes while it arrives.
struct ContentSink {
    private(set) var octets: [UInt8] = []
    private(set) var wireOctets: [UInt8]?
    private(set) var checksum: SMTPTestServer.ContentChecksum?
    private(set) var count = 0
    /// How many octets have arrived on the wire.
    private(set) var wireCount = 0

    private let limit: Int

    /// Whether the content is longer than allowed; what there was of it is gone.
    var isTooLong: Bool { self.count > self.limit }

    /// - Parameters:
    ///   - limit: The greatest number of octets of the content.
    ///   - storesContent: Whether octets are kept, or only counted and summed.
    ///   - storesWire: Whether the raw octets are kept too.
    init(limit: Int, storesContent: Bool, storesWire: Bool) {
        self.limit = limit
        self.checksum = storesContent ? nil : SMTPTestServer.ContentChecksum()
        self.wireOctets = storesWire ? [] : nil
    }

    /// Adds octets of the content.
    mutating func append(_ slice: ByteBufferView) {
        self.count += slice.count
        if self.isTooLong {
            self.octets = []
            self.wireOctets = nil
        } else if self.checksum != nil {
            self.checksum?.update(ByteBuffer(slice))
        } else {
            self.octets += slice
        }
    }

    /// Notes octets as they are on the wire.
    mutating func noteWire(_ slice: ByteBufferView) {
        self.wireCount += slice.count
        self.wireOctets? += slice
    }
}
