import NIOCore

extension SMTPTestServer {
    /// The 64-bit FNV-1a hash of octets, to compare content that was not kept.
    public struct ContentChecksum: Sendable, Hashable, CustomStringConvertible {
        /// The hash of the octets so far.
        public private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

        /// The checksum of no octets.
        public init() {}

        /// The checksum of some octets.
        public init(of octets: some Sequence<UInt8>) {
            self.update(octets)
        }

        /// Adds octets.
        public mutating func update(_ octets: some Sequence<UInt8>) {
            for octet in octets {
                self.mix(UInt64(octet))
            }
        }

        /// Adds octets eight at a time: content is long, and debug builds are slow at sequences.
        mutating func update(_ octets: ByteBuffer) {
            var octets = octets
            while let word = octets.readInteger(endianness: .little, as: UInt64.self) {
                self.mix(word & 0xFF)
                self.mix(word >> 8 & 0xFF)
                self.mix(word >> 16 & 0xFF)
                self.mix(word >> 24 & 0xFF)
                self.mix(word >> 32 & 0xFF)
                self.mix(word >> 40 & 0xFF)
                self.mix(word >> 48 & 0xFF)
                self.mix(word >> 56)
            }
            self.update(octets.readableBytesView)
        }

        private mutating func mix(_ octet: UInt64) {
            self.value = (self.value ^ octet) &* 0x100_0000_01b3
        }

        /// The value in hexadecimal digits.
        public var description: String { String(self.value, radix: 16) }
    }
}
