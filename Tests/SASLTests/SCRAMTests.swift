import OpenSSLCrypto
import SASL
import Testing

@Suite("SCRAM", .timeLimit(.minutes(5)))
struct SCRAMTests {
    @Test("R5802-1 R5802-3 the exchange of RFC 5802 section 5")
    func sha1() async throws {
        var scram = try SCRAM(Example.user, hash: .sha1, nonce: Example.nonce1)
        #expect(scram.name == "SCRAM-SHA-1")
        #expect(try await scram.answer(nil) == "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL")
        #expect(
            try await scram.answer(Example.first1)
                == "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts="
        )
        #expect(!scram.isComplete)
        #expect(try await scram.answer(Example.final1) == "")
        #expect(scram.isComplete)
    }

    /// An exchange in which the client is user/pencil and the server sends the first message of RFC 7677.
    struct Course: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var credentials = Example.user
        var hash = SCRAM.Hash.sha256
        var binding = SCRAM.Binding.unsupported
        let name: String
        let hello: String
        let proof: String
        let final: String

        static let bound = ChannelBinding(kind: .tlsExporter, data: Array(0...31))

        static let all = [
            Course(
                testDescription: "RFC 7677 section 3",
                name: "SCRAM-SHA-256",
                hello: "n,,n=user,",
                proof: "c=biws,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
                final: Example.final
            ),
            Course(
                testDescription: "SHA-512",
                hash: .sha512,
                name: "SCRAM-SHA-512",
                hello: "n,,n=user,",
                proof:
                    "c=biws,p=gMGXRcevScNtxZ6/8lQYpGtnsNAc3mGcmNomv+xnoOMw+3R2xNJdMNnzMlTN8PPC6wdp6dybEmDYXYTxwnYPJQ==",
                final:
                    "v=ZQnYEgWQMFmmsM8aQMF0nDDCy/AgCzkwk8CmMZYcMg0vSVlKDanekLtifDSeVGT4+5ZxXnJq199RVG2rR7N7Zw=="
            ),
            Course(
                testDescription: "binding not offered",
                binding: .notOffered,
                name: "SCRAM-SHA-256",
                hello: "y,,n=user,",
                proof: "c=eSws,p=FoqiHTtQEDE8lz1CdaEe3tK4mS+iMDTl77SPyDS53DY=",
                final: "v=dI4KpiQJwBr1+V+K6U1dA6l6I4I9DUNXWND4pcpRU3U="
            ),
            Course(
                testDescription: "bound by tls-exporter",
                binding: .bound(Self.bound),
                name: "SCRAM-SHA-256-PLUS",
                hello: "p=tls-exporter,,n=user,",
                proof: "c=cD10bHMtZXhwb3J0ZXIsLAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f,"
                    + "p=QC6CS20quADQRb3mT99YUH+n3VJxUvzuK0K0E1Vrs2M=",
                final: "v=2GiAgapEppLVlUXbxUDksL3VgYHzuqiK5tR4mhJGgvs="
            ),
            Course(
                testDescription: "names with comma and equals sign",
                credentials: Credentials(
                    username: "a,b=c",
                    password: "pencil",
                    authorizationIdentity: "x,y"
                ),
                name: "SCRAM-SHA-256",
                hello: "n,a=x=2Cy,n=a=2Cb=3Dc,",
                proof: "c=bixhPXg9MkN5LA==,p=STgcU6cTtjU9dcRM9wOWW7raooufzxNTTKcdkMw6kFc=",
                final: "v=jxH6m//XX+TXDe0aWK/8eGXNSPlqPtxv4d/ZXwSqg0g="
            ),
            Course(
                testDescription: "user and password prepared",
                credentials: Credentials(username: "us\u{AD}er", password: "pass\u{A0}\u{2168}"),
                name: "SCRAM-SHA-256",
                hello: "n,,n=user,",
                proof: "c=biws,p=QLfkm31ORLfh+ufsdprpXBBjtgy4mkxsujWr+XYnkg8=",
                final: "v=PY4oYkGk85rNhatIc4cuS9I44faMBn7EH69gFPU7Nk0="
            ),
        ]
    }

    @Test(
        "R5802-1 R5802-3 R5802-4 R5802-5 R7677-1 R9266-1 S-D3 S-D4.2 S-D8.2 a whole exchange",
        arguments: Course.all
    )
    func exchange(course: Course) async throws {
        var scram = try Example.scram(course.credentials, hash: course.hash, binding: course.binding)
        #expect(scram.name == course.name)
        #expect(scram.isClientFirst)
        #expect(!scram.revealsSecret)
        #expect(try await scram.answer(nil) == "\(course.hello)r=\(Example.nonce)")
        let proof = try await scram.answer(Example.first)
        #expect(proof == course.proof.replacing(",p=", with: ",r=\(Example.serverNonce),p="))
        #expect(try await scram.answer(course.final) == "")
        #expect(scram.isComplete)
    }

    @Test("R5802-4 S-D4.3 the proof for one connection is not the proof for another")
    func bindingDiffers() async throws {
        var proofs: Set<String> = []
        for data in [[UInt8](repeating: 1, count: 32), [UInt8](repeating: 2, count: 32)] {
            var scram = try Example.scram(
                binding: .bound(ChannelBinding(kind: .tlsServerEndPoint, data: data))
            )
            #expect(try await scram.answer(nil).hasPrefix("p=tls-server-end-point,,"))
            proofs.insert(
                try #require(await scram.answer(Example.first).split(separator: ",p=").last.map(String.init))
            )
        }
        #expect(proofs.count == 2)
    }

    @Test("S-D4 a channel binding without octets is none")
    func emptyBinding() {
        #expect(throws: SASLError.self) {
            try Example.scram(binding: .bound(ChannelBinding(kind: .tlsExporter, data: [])))
        }
    }

    @Test("H9 R5802-1 nonces are fresh, of 18 random octets at least, printable and without comma")
    func nonces() async throws {
        var nonces: Set<String> = []
        for _ in 0..<50 {
            var scram = try SCRAM(Example.user, hash: .sha256)
            let hello = try await scram.answer(nil)
            let nonce = try #require(hello.split(separator: ",r=").last.map(String.init))
            #expect(nonce.utf8.count >= 24)
            #expect(nonce.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ",") })
            nonces.insert(nonce)
        }
        #expect(nonces.count == 50)
    }

    @Test(
        "S-D3.1 R5802-3 a server whose signature is wrong is not authentic, whatever it says then",
        arguments: [
            "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G8=", "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4",
            "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95A==", "v=AAAA", "v=!", "v=6rri,x=1",
        ]
    )
    func wrongSignature(final: String) async throws {
        var scram = try Example.scram()
        _ = try await scram.answer(nil)
        _ = try await scram.answer(Example.first)
        guard case .serverNotAuthentic = await scram.refusal(final) else {
            Issue.record("believed \(final)")
            return
        }
        #expect(!scram.isComplete)
        #expect(await scram.refusal(Example.final) == .unexpectedChallenge)
        #expect(!scram.isComplete)
    }

    @Test("S-D3.2 R5802-3 before the server's signature was verified nothing is complete")
    func incomplete() async throws {
        var scram = try Example.scram()
        #expect(!scram.isComplete)
        _ = try await scram.answer(nil)
        #expect(!scram.isComplete)
        _ = try await scram.answer(Example.first)
        #expect(!scram.isComplete)
    }

    @Test(
        "S-D3.3 R5802-2 the server's nonce begins with the client's and goes on",
        arguments: [
            Example.nonce, "x" + Example.nonce, "rOprNGfwEbeRWgbNEkqX123", "r", "\(Example.nonce)\u{7F}",
        ]
    )
    func wrongNonce(nonce: String) async throws {
        var scram = try Example.scram()
        _ = try await scram.answer(nil)
        guard case .serverNotAuthentic = await scram.refusal("r=\(nonce),s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")
        else {
            Issue.record("took the nonce \(nonce)")
            return
        }
        #expect(!scram.isComplete)
    }

    @Test(
        "S-D3.4 R5802-2 R7677-1 iteration counts outside the limits or of another form, before any work",
        arguments: [
            "1", "0", "-1", "4095", "4096x", "600001", "2147483647", "99999999999999999999", "04096", "+4096",
            "",
            "0x1000", "4 096", "4096.0",
        ]
    )
    func iterations(count: String) async throws {
        var scram = try Example.scram()
        _ = try await scram.answer(nil)
        let reason = await scram.refusal("r=\(Example.serverNonce),s=W22ZaJ0SNY7soEsUEjb6gQ==,i=\(count)")
        switch reason {
        case .iterationCount, .malformedChallenge: break
        default: Issue.record("\(String(describing: reason))")
        }
    }

    @Test(
        "S-D3.4 the limits are the caller's",
        arguments: [(1...4095, false), (4096...4096, true), (1...5000, true)]
    )
    func ownLimits(limits: ClosedRange<Int>, isTaken: Bool) async throws {
        var scram = try Example.scram(iterations: limits)
        _ = try await scram.answer(nil)
        #expect(await scram.refusal(Example.first) == (isTaken ? nil : .iterationCount("4096")))
    }

    @Test(
        "S-D3.5 R5802-2 an extension that must be understood ends the exchange",
        arguments: ["m=ext,\(Example.first)", "\(Example.first),m=ext", "m=ext"]
    )
    func mandatoryExtension(first: String) async throws {
        var scram = try Example.scram()
        _ = try await scram.answer(nil)
        #expect(await scram.refusal(first) == .malformedChallenge)
    }

    @Test(
        "S-D3.6 R5802-2 the salt is base64 and not empty",
        arguments: ["", "=", "====", "A", "QUI", "QUJD=", "QU*D", "QR==", "QUJD QUJD"]
    )
    func salt(salt: String) async throws {
        var scram = try Example.scram()
        _ = try await scram.answer(nil)
        #expect(await scram.refusal("r=\(Example.serverNonce),s=\(salt),i=4096") == .malformedChallenge)
    }

    @Test(
        "S-D3.7 R5802-2 unknown extensions at the end are ignored, and signed like the rest",
        arguments: ["x=1", "x=", "A=b,z=c=d"]
    )
    func optionalExtension(text: String) async throws {
        var scram = try Example.scram()
        _ = try await scram.answer(nil)
        let proof = try await scram.answer("\(Example.first),\(text)")
        #expect(proof.hasPrefix("c=biws,r=\(Example.serverNonce),p="))
        // The signature without the extension is no longer the right one.
        #expect(await scram.refusal(Example.final) != nil)
    }

    @Test("S-D3.7 unknown extensions behind the server's signature are ignored")
    func extensionInFinal() async throws {
        var scram = try Example.scram()
        _ = try await scram.answer(nil)
        _ = try await scram.answer(Example.first)
        #expect(try await scram.answer("\(Example.final),x=1") == "")
        #expect(scram.isComplete)
    }

    @Test("S-D3.8 R5802-3 the server's own error is a refusal with its reason", arguments: [true, false])
    func serverError(isFinal: Bool) async throws {
        var scram = try Example.scram()
        _ = try await scram.answer(nil)
        if isFinal { _ = try await scram.answer(Example.first) }
        #expect(await scram.refusal("e=invalid-proof") == .rejected("invalid-proof"))
        #expect(!scram.isComplete)
    }

    @Test("S-I2 the server's error is escaped and bounded")
    func hostileError() async throws {
        var scram = try Example.scram()
        _ = try await scram.answer(nil)
        let reason = await scram.refusal("e=\u{1B}[2J\u{202E}\(String(repeating: "x", count: 5000))")
        guard case .rejected(let text) = reason else {
            Issue.record("\(String(describing: reason))")
            return
        }
        #expect(text.hasPrefix("\\u{1B}[2J\\u{202E}xxx"))
        #expect(text.count <= 501)
    }

    @Test(
        "S-D3.9 R5802-2 malformed first messages of a server",
        arguments: [
            "", "r=\(Example.serverNonce)", "r=\(Example.serverNonce),s=W22ZaJ0SNY7soEsUEjb6gQ==",
            "s=W22ZaJ0SNY7soEsUEjb6gQ==,r=\(Example.serverNonce),i=4096",
            "r=\(Example.serverNonce),i=4096,s=W22ZaJ0SNY7soEsUEjb6gQ==",
            "\(Example.serverNonce),W22ZaJ0SNY7soEsUEjb6gQ==,4096",
            "x=\(Example.serverNonce),s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", ",,,", "\(Example.first),",
            "\(Example.first),garbage", "{\"r\":1}", "r=,s=,i=", "R=\(Example.serverNonce),S=QUJD,I=4096",
            "r=\(Example.serverNonce),s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,1=2",
            String(repeating: "r", count: 10_000),
        ]
    )
    func malformed(first: String) async throws {
        var scram = try Example.scram()
        _ = try await scram.answer(nil)
        #expect(await scram.refusal(first) == .malformedChallenge)
        #expect(await scram.refusal(Example.first) == .unexpectedChallenge)
    }

    @Test(
        "R5802-3 malformed last messages of a server",
        arguments: ["", "v", "v=", "e=", "x=1", ",", "V=AAAA", "ok"]
    )
    func malformedFinal(final: String) async throws {
        var scram = try Example.scram()
        _ = try await scram.answer(nil)
        _ = try await scram.answer(Example.first)
        #expect(await scram.refusal(final) == .malformedChallenge)
        #expect(!scram.isComplete)
    }

    @Test("S-D6 R4422-1 a challenge after the last step is one too many")
    func surplus() async throws {
        var scram = try Example.scram()
        _ = try await scram.answer("")
        _ = try await scram.answer(Example.first)
        _ = try await scram.answer(Example.final)
        #expect(await scram.refusal("") == .unexpectedChallenge)
    }

    @Test("a server that speaks first is out of order")
    func serverFirst() async throws {
        var scram = try Example.scram()
        #expect(await scram.refusal(Example.first) == .unexpectedChallenge)
    }

    @Test("S-D3 no octet of the server's messages can be changed unnoticed", .timeLimit(.minutes(5)))
    func mutations() async throws {
        let first = octets(Example.first)
        var hello = try Example.scram(iterations: 1...10_000)
        _ = try await hello.answer(nil)
        for index in first.indices {
            for bit in 0..<8 {
                var changed = first
                changed[index] ^= 1 << UInt8(bit)
                var scram = hello
                do throws(SASLError) {
                    _ = try await scram.respond(to: changed)
                } catch {
                    continue
                }
                _ = await scram.refusal(Example.final)
                #expect(!scram.isComplete, "octet \(index), bit \(bit)")
            }
        }
        var proof = try Example.scram()
        _ = try await proof.answer(nil)
        _ = try await proof.answer(Example.first)
        let final = octets(Example.final)
        for index in final.indices {
            for bit in 0..<8 {
                var changed = final
                changed[index] ^= 1 << UInt8(bit)
                var scram = proof
                _ = try? await scram.respond(to: changed)
                #expect(!scram.isComplete, "octet \(index), bit \(bit)")
            }
        }
    }

    @Test("S-D3 a cancelled task leaves the exchange, with nothing proved")
    func cancelledTask() async throws {
        let isComplete = try await cancelled {
            var scram = try Example.scram(Credentials(username: "user", password: "pencil"))
            _ = try await scram.answer(nil)
            #expect(await scram.refusal(Example.first) == .cancelled)
            return scram.isComplete
        }
        #expect(isComplete == false)
    }

    @Test("keys are derived once for all copies of the credentials")
    func sharedKeys() async throws {
        let credentials = Credentials(username: "user", password: "pencil")
        var first = try Example.scram(credentials)
        _ = try await first.answer(nil)
        let proof = try await first.answer(Example.first)
        // A cancelled task derives nothing: what it proves comes from the keys that are kept.
        let again = try await cancelled {
            var second = try Example.scram(credentials)
            _ = try await second.answer(nil)
            return try await second.answer(Example.first)
        }
        #expect(again == proof)
    }

    @Test("S-I1.1 the password and the proof that was sent are among the secrets")
    func secrets() async throws {
        var scram = try Example.scram()
        _ = try await scram.answer(nil)
        _ = try await scram.answer(Example.first)
        #expect(scram.secrets == ["pencil", "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="])
    }

    @Test(
        "R5802-5 user and password that SASLprep refuses or leaves empty",
        arguments: [
            ("user", "\u{AD}"), ("\u{AD}", "pencil"), ("us\u{7}er", "pencil"), ("user", "a\u{7}"),
            ("user", "\u{627}1"), ("user", "pass\u{1F600}"), ("user", ""), ("", "pencil"),
        ]
    )
    func unprepared(username: String, password: String) {
        #expect(throws: SASLError.self) {
            try Example.scram(Credentials(username: username, password: password))
        }
    }

    @Test("R5802-5 a password that is not UTF-8, and an authorisation identity with NUL")
    func octetsNotAllowed() {
        #expect(throws: SASLError.self) {
            try Example.scram(Credentials(username: "user", password: Secret(octets: [0xFF, 0xFE])))
        }
        #expect(throws: SASLError.self) {
            try Example.scram(
                Credentials(username: "user", password: "pencil", authorizationIdentity: "a\0b")
            )
        }
    }
}
