import MailMessage
import Testing

/// Header fields written here and read by Python's email package, a reader that is not ours.
@Suite("Header oracle", .enabled(if: HeaderOracle.isPresent, "there is no python3 with its email package"))
struct HeaderOracleTests {
    @Test(
        "R2047-1 R2231-1 R5322-2.1.1-1 R5322-2.2-1 1500 random fields mean to Python what they mean here",
        arguments: [2047] as [UInt64]
    )
    func randomFields(seed: UInt64) async throws {
        var random = RandomHeaders(seed: seed)
        var cases: [OracleCase] = []
        for _ in 0..<400 {
            cases.append(try .text(random.text(), allowsUTF8: false))
            cases.append(try .addresses(random.entries(), allowsUTF8: false))
            cases.append(try .parameters(random.parameters()))
        }
        for _ in 0..<100 {
            cases.append(try .text(random.text(), allowsUTF8: true))
            cases.append(try .identifiers(random.identifiers()))
            cases.append(try .date(random.date()))
        }
        let answers = try await HeaderOracle.read(cases)
        try #require(answers.count == cases.count)
        for (index, answer) in answers.enumerated() {
            let field = String(decoding: cases[index].octets, as: UTF8.self)
            let agrees =
                answer.count == cases[index].expected.count
                && zip(answer, cases[index].expected).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
            #expect(agrees, "\(field) was read as \(answer), not \(cases[index].expected)")
        }
    }
}
