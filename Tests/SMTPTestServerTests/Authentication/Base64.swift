#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension String {
    /// The base64 form of the UTF-8 octets.
    var base64: String { Data(self.utf8).base64EncodedString() }

    /// What the base64 text stands for; empty when it is none.
    var decodedOctets: [UInt8] { Array(Data(base64Encoded: self) ?? Data()) }

    /// The same as text.
    var decoded: String { String(decoding: self.decodedOctets, as: UTF8.self) }
}
