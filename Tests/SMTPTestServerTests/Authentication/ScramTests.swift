import OpenSSLCrypto
import Testing

@testable import SMTPTestServer

@Suite("SCRAM (RFC 5802, 7677)")
struct ScramTests {
    private static let bindings: [String: [UInt8]] = [
        "tls-exporter": Array(repeating: 1, count: 32),
        "tls-server-end-point": Array(repeating: 2, count: 32),
    ]

    private func dialogue(
        _ mechanisms: [String] = SMTPTestServer.Configuration.allMechanisms,
        challenges: SMTPTestServer.Challenges = .init(),
        isEncrypted: Bool = false
    ) -> Dialogue {
        let dialogue = Dialogue(
            .init(
                tls: isEncrypted ? .stub(.connection) : nil,
                users: ["user": "pencil", "a,b=c": "p"],
                mechanisms: mechanisms,
                challenges: challenges
            )
        )
        if isEncrypted {
            dialogue.send("hello")
            dialogue.secure(Dialogue.security(bindings: Self.bindings))
        }
        dialogue.send("EHLO c\r\n")
        return dialogue
    }

    /// Runs an exchange; gives its codes.
    private func run(
        _ mechanism: String,
        _ client: ScramClient,
        in dialogue: Dialogue,
        answer: String = "",
        initialResponse: Bool = true
    ) throws -> [Int] {
        var codes: [Int] = []
        if initialResponse {
            codes += dialogue.send("AUTH \(mechanism) \(client.first.base64)\r\n")
        } else {
            codes += dialogue.send("AUTH \(mechanism)\r\n")
            #expect(dialogue.lastLine == "334 ")
            codes += dialogue.send("\(client.first.base64)\r\n")
        }
        guard codes.last == 334 else { return codes }
        let final = try client.final(after: String(dialogue.lastLine.dropFirst(4)).decoded)
        codes += dialogue.send("\(final.message.base64)\r\n")
        guard codes.last == 334 else { return codes }
        #expect(dialogue.lastLine == "334 \(final.serverFinal.base64)")
        return codes + dialogue.send("\(answer)\r\n")
    }

    @Test(
        "success with every hash",
        arguments: [("SCRAM-SHA-1", Digest.sha1), ("SCRAM-SHA-256", .sha256), ("SCRAM-SHA-512", .sha512)]
    )
    func success(mechanism: String, digest: Digest) throws {
        let dialogue = self.dialogue()
        #expect(try self.run(mechanism, ScramClient(digest: digest), in: dialogue) == [334, 334, 235])
        #expect(dialogue.authentication?.mechanism == mechanism)
        let other = self.dialogue()
        let codes = try self.run(mechanism, ScramClient(digest: digest), in: other, initialResponse: false)
        #expect(codes == [334, 334, 334, 235])
    }

    @Test("R5802-4 success with channel binding", arguments: bindings.keys.sorted())
    func binding(type: String) throws {
        let dialogue = self.dialogue(isEncrypted: true)
        var client = ScramClient(digest: .sha256, header: "p=\(type),,")
        client.binding = Self.bindings[type] ?? []
        #expect(try self.run("SCRAM-SHA-256-PLUS", client, in: dialogue) == [334, 334, 235])
        #expect(dialogue.user == "user")
    }

    @Test("S-D4.3 the data of another channel")
    func wrongBinding() throws {
        let dialogue = self.dialogue(isEncrypted: true)
        var client = ScramClient(digest: .sha256, header: "p=tls-exporter,,")
        client.binding = Self.bindings["tls-server-end-point"] ?? []
        #expect(try self.run("SCRAM-SHA-256-PLUS", client, in: dialogue) == [334, 535])
        #expect(dialogue.user == nil)
    }

    @Test(
        "R5802-4 S-D4.2 flags",
        arguments: [
            ("SCRAM-SHA-256", "y,,", [535], [334, 334, 235]),
            ("SCRAM-SHA-256", "n,,", [334, 334, 235], [334, 334, 235]),
            ("SCRAM-SHA-256", "p=tls-exporter,,", [535], [535]),
            ("SCRAM-SHA-256-PLUS", "n,,", [535], [504]),
            ("SCRAM-SHA-256-PLUS", "y,,", [535], [504]),
            ("SCRAM-SHA-256-PLUS", "p=tls-unique,,", [535], [504]),
        ]
    )
    func flags(mechanism: String, header: String, withPlus: [Int], withoutPlus: [Int]) throws {
        let client = ScramClient(digest: .sha256, header: header)
        let offering = self.dialogue(isEncrypted: true)
        #expect(try self.run(mechanism, client, in: offering) == withPlus)
        let plain = self.dialogue(["SCRAM-SHA-256"], isEncrypted: true)
        #expect(try self.run(mechanism, client, in: plain) == withoutPlus)
    }

    @Test func aBindingThatTheHeaderDoesNotAnnounce() throws {
        let client = ScramClient(digest: .sha256, binding: [1, 2, 3])
        #expect(try self.run("SCRAM-SHA-256", client, in: self.dialogue()) == [334, 535])
    }

    @Test("wrong passwords and users", arguments: [("user", "pencil "), ("user", ""), ("nobody", "pencil")])
    func refused(user: String, password: String) throws {
        let client = ScramClient(digest: .sha256, user: user, password: password)
        let dialogue = self.dialogue()
        #expect(try self.run("SCRAM-SHA-256", client, in: dialogue) == [334, 535])
        #expect(dialogue.user == nil)
        #expect(try self.run("SCRAM-SHA-256", ScramClient(digest: .sha256), in: dialogue) == [334, 334, 235])
    }

    @Test("S-D8.2 comma and equals sign in a name; an authorization identity")
    func escapes() throws {
        let dialogue = self.dialogue()
        let client = ScramClient(
            digest: .sha1,
            user: "a=2Cb=3Dc",
            password: "p",
            header: "n,a=x=2Cy,"
        )
        #expect(try self.run("SCRAM-SHA-1", client, in: dialogue) == [334, 334, 235])
        #expect(dialogue.user == "a,b=c")
        #expect(dialogue.authentication?.authorizationIdentity == "x,y")
    }

    @Test(
        "malformed first messages",
        arguments: [
            "", "n", "n,,", "n,,n=user", "n,,r=abc,n=user", "n,,n=,r=abc", "n,,n=us=er,r=abc", "n,,n=user,r=",
            "n,,n=user,r=a b", "x,,n=user,r=abc", "p=,,n=user,r=abc", "n,user,n=user,r=abc",
            "n,a=,n=user,r=abc", "n,,n=us=2,r=abc",
        ]
    )
    func malformedFirst(message: String) {
        let dialogue = self.dialogue()
        let response = message.isEmpty ? "=" : message.base64
        #expect(dialogue.send("AUTH SCRAM-SHA-256 \(response)\r\nNOOP\r\n") == [501, 250])
    }

    @Test("R5802-2 a mandatory extension is refused, others are not looked at")
    func extensions() {
        #expect(self.dialogue().send("AUTH SCRAM-SHA-256 \("n,,m=x,n=user,r=abc".base64)\r\n") == [535])
        #expect(self.dialogue().send("AUTH SCRAM-SHA-256 \("n,,n=user,r=abc,x=1".base64)\r\n") == [334])
    }

    @Test(
        "bad final messages",
        arguments: [
            ("c=biws,r=abcS,p=AAAA", 535), ("c=biws,r=abc,p=AAAA", 535), ("c=eSws,r=abcS,p=AAAA", 535),
            ("c=biws,r=abcS", 501), ("r=abcS,c=biws,p=AAAA", 501), ("c=biws,r=abcS,p=?", 501), ("", 501),
            ("c=biws,r=abcS,p=", 535), ("c=biws,p=AAAA,r=abcS", 501),
        ]
    )
    func badFinal(message: String, code: Int) {
        let dialogue = self.dialogue(challenges: .init(nonce: "S"))
        #expect(dialogue.send("AUTH SCRAM-SHA-256 \("n,,n=user,r=abc".base64)\r\n") == [334])
        #expect(dialogue.lastLine.dropFirst(4).description.decoded.hasPrefix("r=abcS,s="))
        #expect(dialogue.send("\(message.base64)\r\nNOOP\r\n") == [code, 250])
    }

    @Test(
        "R4422-1 the server signature is answered by an empty line, or cancelled",
        arguments: ["AA==", "*"]
    )
    func surplusAnswer(answer: String) throws {
        let dialogue = self.dialogue()
        let codes = try self.run("SCRAM-SHA-256", ScramClient(digest: .sha256), in: dialogue, answer: answer)
        #expect(codes == [334, 334, 501])
        #expect(dialogue.user == nil)
    }

    @Test func saltAndNonceAreFresh() {
        let lines = (0..<8).map { _ in
            let dialogue = self.dialogue()
            dialogue.send("AUTH SCRAM-SHA-256 \("n,,n=user,r=abc".base64)\r\n")
            return dialogue.lastLine.dropFirst(4).description.decoded
        }
        #expect(Set(lines.map { $0.split(separator: ",")[0] }).count == 8)
        #expect(Set(lines.map { $0.split(separator: ",")[1] }).count == 8)
    }

    @Test("S-D3.4 the iteration count is told as it is", arguments: [1, 0, -1, 4_096, 2_147_483_647])
    func iterations(count: Int) {
        let dialogue = self.dialogue(challenges: .init(nonce: "", salt: [], iterations: count))
        dialogue.send("AUTH SCRAM-SHA-1 \("n,,n=user,r=abc".base64)\r\n")
        #expect(dialogue.lastLine == "334 \("r=abc,s=,i=\(count)".base64)")
    }
}
