import DKIM
import Testing

@Suite(
    "DKIM: a verifier of others",
    .enabled(if: Verifier.python != nil, "needs TEST_DKIM_PYTHON, a Python with dkimpy: Tests/run.sh sets it")
)
struct OracleTests {
    private static let messageCount = 1000

    /// One signer for each algorithm and pair of canonicalisations.
    private static func signers() throws -> [DKIMSigner] {
        var result: [DKIMSigner] = []
        for (selector, key) in [("rsa", Keys.rsa), ("ed", Keys.ed25519)] {
            for header in DKIMCanonicalization.allCases {
                for body in DKIMCanonicalization.allCases {
                    result.append(
                        try DKIMSigner(
                            domain: "example.org",
                            selector: selector,
                            key: key.get(),
                            identity: header == body ? nil : "joe@mail.example.org",
                            headerCanonicalization: header,
                            bodyCanonicalization: body,
                            // Beyond the life of this test.
                            validity: header == body ? nil : .seconds(100 * 365 * 86_400)
                        )
                    )
                }
            }
        }
        return result
    }

    @Test("S-G3.3 R6376-1 R6376-2 R6376-3 R6376-4 R8463-1 dkimpy verifies what is signed, and nothing else")
    func verifies() async throws {
        let signers = try Self.signers()
        var messages: [(octets: [UInt8], signatures: Int)] = []
        for seed in 0..<Self.messageCount {
            var random = RandomMessage(seed: UInt64(seed))
            // RSA, Ed25519 or both, in turn; each with any pair.
            let chosen = [[0], [4], [0, 4]][seed % 3].map { signers[$0 + random.number(below: 4)] }
            let signed = try DKIMSigner.sign(random.octets(), with: chosen, secondsSince1970: signingTime)
            messages.append((signed, chosen.count))
            // Other tests wait for this thread.
            await Task.yield()
        }
        let verdicts = try await Verifier.verdicts(
            on: messages,
            records: [
                "rsa._domainkey.example.org": Keys.rsa.get().dnsRecord,
                "ed._domainkey.example.org": Keys.ed25519.get().dnsRecord,
            ]
        )
        try #require(verdicts.count == messages.count)
        for (seed, (message, verdict)) in zip(messages, verdicts).enumerated() {
            let all = Array(repeating: true as Verifier.Verdict.Result, count: message.signatures)
            let none = Array(repeating: false as Verifier.Verdict.Result, count: message.signatures)
            #expect(verdict.verified == all, "message \(seed): \(text(message.octets))")
            #expect(verdict.changedBody.count == message.signatures, "message \(seed)")
            for result in verdict.changedBody {
                #expect(result.description.contains("body hash mismatch"), "message \(seed)")
            }
            #expect(verdict.secondFrom == none, "message \(seed)")
            #expect(verdict.secondSubject == none, "message \(seed)")
        }
    }
}
