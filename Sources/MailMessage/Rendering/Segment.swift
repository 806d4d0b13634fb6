internal import NIOCore

/// A stretch of a rendered message: octets that are there, or content that is read and encoded when its turn comes.
enum Segment: Sendable {
    case octets(ByteBuffer)
    case content(MessageContent, LeafForm, length: UInt64?)

    /// Octets it will give, where known.
    var length: UInt64? {
        switch self {
        case .octets(let octets): UInt64(octets.readableBytes)
        case .content(_, _, let length): length
        }
    }

    /// Octets of several, where known.
    static func length(of segments: [Segment]) -> UInt64? {
        var sum: UInt64 = 0
        for segment in segments {
            guard let length = segment.length else { return nil }
            let (total, overflow) = sum.addingReportingOverflow(length)
            guard !overflow else { return nil }
            sum = total
        }
        return sum
    }
}
