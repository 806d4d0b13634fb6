internal import TransferEncoding

/// Measures what encodes the bodies of a message, and what looks at them before.
///
/// `transfer_encodings.py` beside this file does the same with what Python has, on the same octets. For figures
/// to compare run both in turn, a few times:
///
/// ```
/// swift run -c release MicroBenchmarks "MIME"
/// python3 Tests/MicroBenchmarks/transfer_encodings.py
/// ```
enum TransferEncodings {
    private static let english = """
        It was the best of times, it was the worst of times, it was the age of\r
        wisdom, it was the age of foolishness, it was the epoch of belief, it was\r

        """

    private static let german = """
        Der Prüfling überholt die größere Fähre, während die Bäume blühen und\r
        schöne Vögel über die Dächer fliegen; natürlich möchte niemand zurück.\r

        """

    private static let length = 1 << 20

    /// Octets as a compressed file has them.
    private static func mixed() -> [UInt8] {
        var state: UInt32 = 1
        return (0..<Self.length).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(truncatingIfNeeded: state >> 24)
        }
    }

    private static func repeated(_ text: String) -> [UInt8] {
        let octets = Array(text.utf8)
        return (0..<Self.length).map { octets[$0 % octets.count] }
    }

    /// Measures each on 1 MiB.
    static func measure(_ timing: inout Timing) {
        let mixed = Self.mixed()
        var output: [UInt8] = []
        timing.measure("MIME base64, 1 MiB", octets: mixed.count) {
            var encoder = Base64LineEncoder()
            output.removeAll(keepingCapacity: true)
            encoder.encode(mixed.span, into: &output)
            encoder.finish(into: &output)
            return output.count
        }
        let contents = [
            ("English", Self.repeated(Self.english), true), ("German", Self.repeated(Self.german), true),
            ("any octets", mixed, false),
        ]
        for (name, octets, isText) in contents {
            timing.measure("MIME quoted-printable, 1 MiB, \(name)", octets: octets.count) {
                var encoder = QuotedPrintableEncoder(isText: isText)
                output.removeAll(keepingCapacity: true)
                encoder.encode(octets.span, into: &output)
                encoder.finish(into: &output)
                return output.count
            }
            timing.measure("MIME survey, 1 MiB, \(name)", octets: octets.count) {
                var survey = ContentEncodingSurvey()
                survey.append(octets.span)
                survey.finish()
                return survey.maximumLineLength
            }
        }
    }
}
