import OpenSSLCrypto
import Testing
import TransferEncoding

@testable import SASL

struct BearerMechanismTests {
    @Test("S-D7.1 R7628-3 XOAUTH2's octets")
    func xoauth2() async throws {
        var mechanism = try XOAUTH2(username: "user@example.com", token: "tok")
        #expect(mechanism.name == "XOAUTH2")
        #expect(mechanism.revealsSecret && mechanism.isClientFirst)
        let message = try await mechanism.respond(to: nil)
        #expect(Base64.encode(message) == "dXNlcj11c2VyQGV4YW1wbGUuY29tAWF1dGg9QmVhcmVyIHRvawEB")
        #expect(mechanism.isComplete)
        #expect(mechanism.secrets == ["tok", Secret(octets: message)])
    }

    @Test(
        "S-D7.2 R7628-1 OAUTHBEARER's octets",
        arguments: [
            (
                587, "tok" as Secret,
                "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9NTg3AWF1dGg9QmVhcmVyIHRvawEB"
            ),
            (
                143, "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==",
                "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyIHZGOWRmdD"
                    + "RxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB"
            ),
        ]
    )
    func oauthBearer(port: Int, token: Secret, expected: String) async throws {
        var mechanism = try OAuthBearer(
            username: "user@example.com",
            token: token,
            host: "server.example.com",
            port: port
        )
        #expect(mechanism.name == "OAUTHBEARER")
        #expect(mechanism.revealsSecret && mechanism.isClientFirst)
        #expect(try await Base64.encode(mechanism.respond(to: nil)) == expected)
        #expect(mechanism.isComplete)
    }

    @Test(
        "R7628-1 host, port and user may be left out; comma and equals sign of a user are written otherwise"
    )
    func parts() async throws {
        var bare = try OAuthBearer(username: "", token: "tok")
        #expect(try await bare.answer(nil) == "n,,\u{1}auth=Bearer tok\u{1}\u{1}")
        var escaped = try OAuthBearer(username: "a,b=c", token: "tok", port: 25)
        #expect(try await escaped.answer(nil) == "n,a=a=2Cb=3Dc,\u{1}port=25\u{1}auth=Bearer tok\u{1}\u{1}")
    }

    private static let refusal = #"{"status":"invalid_token","scope":"mail"}"#

    @Test(
        "S-D7 R7628-2 R7628-3 R7628-4 a refusal is answered once and told",
        arguments: ["XOAUTH2", "OAUTHBEARER"]
    )
    func refused(name: String) async throws {
        var mechanism: any BearerMechanism =
            name == "XOAUTH2"
            ? try XOAUTH2(username: "user", token: "ya29.s3cr3t")
            : try OAuthBearer(username: "user", token: "ya29.s3cr3t")
        _ = try await mechanism.answer(nil)
        #expect(!mechanism.lacksScope)
        #expect(mechanism.failureDetail == nil)
        #expect(try await mechanism.respond(to: octets(Self.refusal)) == (name == "XOAUTH2" ? [] : [1]))
        #expect(mechanism.failureDetail == Self.refusal)
        #expect(!mechanism.lacksScope)
        #expect(!mechanism.isComplete)
        #expect(await mechanism.refusal(Self.refusal) == .unexpectedChallenge)
        #expect(!mechanism.isComplete)
    }

    @Test("R7628-4 a token without the rights is not exchanged for another")
    func insufficientScope() async throws {
        var mechanism = try OAuthBearer(username: "user", token: "tok")
        _ = try await mechanism.answer(nil)
        _ = try await mechanism.answer(#"{"status":"insufficient_scope"}"#)
        #expect(!mechanism.isComplete)
        #expect(mechanism.lacksScope)
    }

    @Test("S-I1.4 S-I2 what the server says of a refusal is bounded, escaped, and without the token")
    func hostileRefusal() async throws {
        var mechanism = try XOAUTH2(username: "user", token: "s3cr3t")
        _ = try await mechanism.answer(nil)
        _ = try await mechanism.answer("\u{1B}[2J s3cr3t \u{202E}" + String(repeating: "x", count: 20_000))
        let detail = try #require(mechanism.failureDetail)
        #expect(detail.hasPrefix("\\u{1B}[2J [redacted] \\u{202E}xxx"))
        #expect(detail.count <= 501)
    }

    @Test(
        "S-D8 S-D7 users and tokens that a message cannot carry",
        arguments: [
            ("a\u{1}b", "tok" as Secret), ("a\0b", "tok"), ("a\nb", "tok"), ("a\rb", "tok"), ("u", ""),
            ("u", "a\u{1}b"),
            ("u", "a\0b"), ("u", "a\rb"), ("u", "a\nb"), ("u", "tök"),
        ]
    )
    func refusedParts(username: String, token: Secret) {
        #expect(throws: SASLError.self) { try XOAUTH2(username: username, token: token) }
        #expect(throws: SASLError.self) { try OAuthBearer(username: username, token: token) }
    }

    @Test("S-D8 a host with a separator, and XOAUTH2 without a user")
    func refusedHost() {
        #expect(throws: SASLError.self) { try OAuthBearer(username: "u", token: "t", host: "a\u{1}auth=b") }
        #expect(throws: SASLError.self) { try XOAUTH2(username: "", token: "t") }
    }
}
