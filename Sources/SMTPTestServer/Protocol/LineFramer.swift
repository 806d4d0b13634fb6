import NIOCore

/// A bounded cutter of command lines; it looks at each octet once, however the input is segmented.
struct LineFramer {
    /// What was found at the front of the input.
    enum Frame: Equatable {
        /// A line, without its CRLF.
        case line(String)
        /// A line that holds octets no command may hold: controls, or an LF without CR.
        case malformed(String)
        /// A line longer than the limit; its octets are gone.
        case tooLong
    }

    private let limit: Int
    private var scannedCount = 0
    private var isDiscarding = false

    /// - Parameter limit: The greatest number of octets of a line, its CRLF included.
    init(limit: Int) {
        self.limit = limit
    }

    /// Takes the next line from the input; nil when there is no complete one.
    mutating func next(from input: inout ByteBuffer) -> Frame? {
        let view = input.readableBytesView
        guard let end = view[(view.startIndex + self.scannedCount)...].firstIndex(of: .lineFeed) else {
            self.scannedCount = input.readableBytes
            if self.isDiscarding || self.scannedCount >= self.limit {
                self.isDiscarding = true
                self.scannedCount = 0
                input.moveReaderIndex(to: input.writerIndex)
            }
            return nil
        }
        let line = view[view.startIndex..<end]
        input.moveReaderIndex(forwardBy: line.count + 1)
        self.scannedCount = 0
        if self.isDiscarding || line.count + 1 > self.limit {
            self.isDiscarding = false
            return .tooLong
        }
        let hasCarriageReturn = line.last == .carriageReturn
        let text = hasCarriageReturn ? line.dropLast() : line
        let isClean = hasCarriageReturn && !text.contains { $0.isASCIIControl }
        let string = String(decoding: text, as: UTF8.self)
        return isClean ? .line(string) : .malformed(string)
    }
}
