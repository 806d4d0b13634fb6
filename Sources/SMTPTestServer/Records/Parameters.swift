extension SMTPTestServer {
    /// The parameters of one MAIL or RCPT command, in the order in which they were sent.
    public struct Parameters: Sendable, Hashable, RandomAccessCollection, CustomStringConvertible {
        /// The octets behind the path as text, without the space that separates them from it.
        public let text: String

        private let parameters: [Parameter]

        init(_ text: String) {
            self.text = text
            self.parameters = text.split(separator: " ").map { part in
                let pieces = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return Parameter(
                    keyword: pieces.first.map(String.init) ?? "",
                    value: pieces.count > 1 ? String(pieces[1]) : nil
                )
            }
        }

        /// The first parameter with this keyword, in any case.
        public subscript(keyword: String) -> Parameter? {
            self.parameters.first { $0.keyword.uppercased() == keyword.uppercased() }
        }

        /// Whether a parameter with this keyword, in any case, was sent.
        public func contains(_ keyword: String) -> Bool {
            self[keyword] != nil
        }

        /// The position of the first parameter.
        public var startIndex: Int { self.parameters.startIndex }

        /// The position behind the last parameter.
        public var endIndex: Int { self.parameters.endIndex }

        /// The parameter at a position.
        public subscript(position: Int) -> Parameter { self.parameters[position] }

        /// The parameters as they stood on the wire.
        public var description: String { self.text }
    }
}
