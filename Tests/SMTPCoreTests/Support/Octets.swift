import NIOCore

extension ByteBuffer {
    /// The octets as text, for tables.
    var text: String { String(decoding: self.readableBytesView, as: UTF8.self) }

    /// The octets.
    var octets: [UInt8] { Array(self.readableBytesView) }

    /// A buffer whose octets are a small part of a large storage, so that `storageCapacity` tells a slice of
    /// it from a copy.
    static func sliceOfLargeStorage(_ octets: [UInt8]) -> ByteBuffer {
        var storage = ByteBufferAllocator().buffer(capacity: 1 << 20)
        storage.writeBytes(octets)
        return storage
    }
}
