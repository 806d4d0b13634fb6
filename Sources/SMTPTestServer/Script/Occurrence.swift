extension SMTPTestServer {
    /// Which times a rule applies, counted from 1 over all connections of the server.
    ///
    /// A number stands for that one time: `.command("RCPT", occurrence: 3)`.
    public struct Occurrence: Sendable, Hashable, ExpressibleByIntegerLiteral {
        let times: ClosedRange<Int>

        /// Every time.
        public static let every = Occurrence(times: 1...Int.max)

        /// Only the given time.
        public static func nth(_ time: Int) -> Occurrence {
            Occurrence(times: time...time)
        }

        /// The first `count` times.
        public static func first(_ count: Int) -> Occurrence {
            Occurrence(times: 0...max(0, count))
        }

        /// The given time and all later ones.
        public static func from(_ time: Int) -> Occurrence {
            Occurrence(times: time...Int.max)
        }

        private init(times: ClosedRange<Int>) {
            self.times = times
        }

        /// Only the given time.
        public init(integerLiteral time: Int) {
            self = .nth(time)
        }
    }
}
