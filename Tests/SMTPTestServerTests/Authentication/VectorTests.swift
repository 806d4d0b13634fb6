import Testing

@testable import SMTPTestServer

@Suite("Examples of the RFCs")
struct VectorTests {
    /// SCRAM by the octets of an RFC.
    struct Vector: CustomTestStringConvertible, Sendable {
        let mechanism: String
        let clientFirst: String
        let serverNonce: String
        let salt: String
        let serverFirst: String
        let clientFinal: String
        let serverFinal: String
        var testDescription: String { self.mechanism }
    }

    private static let vectors: [Vector] = [
        // RFC 5802 section 5.
        Vector(
            mechanism: "SCRAM-SHA-1",
            clientFirst: "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
            serverNonce: "3rfcNHYJY1ZVvWVs7j",
            salt: "QSXCR+Q6sek8bf92",
            serverFirst: "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
            clientFinal:
                "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
            serverFinal: "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="
        ),
        // RFC 7677 section 3.
        Vector(
            mechanism: "SCRAM-SHA-256",
            clientFirst: "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
            serverNonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
            salt: "W22ZaJ0SNY7soEsUEjb6gQ==",
            serverFirst: "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                + "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
            clientFinal: "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
            serverFinal: "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
        ),
    ]

    @Test("R5802-1 R7677-1 SCRAM", arguments: vectors)
    func scram(_ vector: Vector) {
        let challenges = SMTPTestServer.Challenges(
            nonce: vector.serverNonce,
            salt: vector.salt.decodedOctets
        )
        let dialogue = Dialogue(
            .init(users: ["user": "pencil"], mechanisms: [vector.mechanism], challenges: challenges)
        )
        dialogue.send("EHLO c\r\nAUTH \(vector.mechanism) \(vector.clientFirst.base64)\r\n")
        #expect(dialogue.lastLine == "334 \(vector.serverFirst.base64)")
        dialogue.send("\(vector.clientFinal.base64)\r\n")
        #expect(dialogue.lastLine == "334 \(vector.serverFinal.base64)")
        #expect(dialogue.authentication == nil)
        #expect(dialogue.send("\r\n") == [235])
        #expect(dialogue.authentication?.user == "user")
        #expect(dialogue.authentication?.mechanism == vector.mechanism)
    }

    @Test("R2195-1 CRAM-MD5")
    func cramMD5() {
        let dialogue = Dialogue(
            .init(
                users: ["tim": "tanstaaftanstaaf"],
                mechanisms: ["CRAM-MD5"],
                challenges: .init(cramMD5: "<1896.697170952@postoffice.reston.mci.net>")
            )
        )
        dialogue.send("EHLO c\r\nAUTH CRAM-MD5\r\n")
        #expect(dialogue.lastLine == "334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+")
        #expect(dialogue.send("dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw\r\n") == [235])
        #expect(dialogue.user == "tim")
    }

    @Test("S-D7.1 XOAUTH2, the example of its makers")
    func xoauth2() {
        let dialogue = Dialogue(.init(tokens: ["user@example.com": "tok"], mechanisms: ["XOAUTH2"]))
        let response = "dXNlcj11c2VyQGV4YW1wbGUuY29tAWF1dGg9QmVhcmVyIHRvawEB"
        #expect(dialogue.send("EHLO c\r\nAUTH XOAUTH2 \(response)\r\n") == [250, 235])
        #expect(dialogue.user == "user@example.com")
    }

    @Test("R7628-1 OAUTHBEARER, RFC 7628 section 4.1")
    func oauthbearer() {
        let token = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="
        let dialogue = Dialogue(.init(tokens: ["user@example.com": token], mechanisms: ["OAUTHBEARER"]))
        let response =
            "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVy"
            + "IHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB"
        #expect(dialogue.send("EHLO c\r\nAUTH OAUTHBEARER \(response)\r\n") == [250, 235])
        #expect(dialogue.user == "user@example.com")
    }
}
