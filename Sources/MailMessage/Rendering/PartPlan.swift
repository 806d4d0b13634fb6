/// A part whose encoding is chosen and whose boundary is drawn: what is left is to write it.
struct PartPlan {
    /// What stands in a part.
    indirect enum Body {
        /// Octets in a form; and how many they will be, where known.
        case leaf(MessageContent, LeafForm, length: UInt64?, LeafEnd)
        /// A message that is rendered already.
        case rendered([Segment])
        /// Parts between delimiters.
        case multipart(boundary: String, [PartPlan])
    }

    /// How the octets of a leaf end.
    enum LeafEnd {
        /// With CRLF, or there are none.
        case lineEnd
        /// Within a line.
        case withinLine
        /// However they do: they must arrive as they are.
        case anyhow
    }

    /// Fields of its header.
    let fields: [HeaderField]
    /// What stands in it.
    let body: Body
    /// What the way must be able to carry.
    let needs: TransferCapability
}
