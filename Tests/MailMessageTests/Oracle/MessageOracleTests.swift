import Foundation
import MailMessage
import Testing

/// Random messages, read by a program that knows nothing of this library.
@Suite struct MessageOracleTests {
    /// Messages of one run.
    private static let count = 2_000

    @Test(
        "R2045-2 R2046-1 R5322-2.3-1 S-B7.1 S-G2 two thousand random messages are read as they were meant",
        .enabled(if: HeaderOracle.isPresent, "there is no python3 with its email package")
    )
    func readByPython() async throws {
        var cases: [MessageOracle.Case] = []
        for index in 0..<Self.count {
            var random = RandomMessage(seed: UInt64(index))
            let (message, expected) = try random.message()
            let capability = TransferCapability.allCases[index % TransferCapability.allCases.count]
            let rendered: RenderedMessage
            do {
                rendered = try await message.rendered(for: capability)
            } catch {
                Issue.record("\(index): \(error)")
                continue
            }
            let octets = try await rendered.octets()
            if index % 5 == 0 {
                #expect(try await rendered.octets() == octets, "\(index) read again")
                #expect(
                    try await message.rendered(for: capability).octets() == octets,
                    "\(index) rendered again"
                )
            }
            // Other tests wait for this thread.
            await Task.yield()
            #expect(rendered.size == UInt64(octets.count), "\(index)")
            OctetRules.check(octets, rendered, "\(index)")
            cases.append(MessageOracle.Case(octets: Data(octets).base64EncodedString(), part: expected))
        }
        let differences = try await MessageOracle.differences(cases)
        #expect(differences == ["done"])
    }
}
