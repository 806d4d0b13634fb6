import OpenSSLCrypto
import SASL
import Testing

struct CredentialsTests {
    static var all: [Credentials] {
        [
            Credentials(username: "ann", password: "hunter2"),
            Credentials(username: "ann", password: Secret("hunter2"), authorizationIdentity: "bob"),
            .token(username: "ann", source: TokenSource(fixed: "hunter2")),
        ]
    }

    @Test("H8 S-I1.3 credentials show the user and no secret", arguments: all)
    func redaction(credentials: Credentials) {
        var dumped = ""
        dump(credentials, to: &dumped)
        var children = ""
        for child in Mirror(reflecting: credentials).children { children += "\(child)" }
        for text in ["\(credentials)", String(reflecting: credentials), dumped, children] {
            #expect(text.contains("ann"))
            #expect(!text.contains("hunter2"))
        }
    }

    @Test("credentials are equal when user, identity and secret are")
    func equality() {
        let ann = Credentials(username: "ann", password: "hunter2")
        #expect(ann == Credentials(username: "ann", password: Secret("hunter2")))
        #expect(ann.hashValue == Credentials(username: "ann", password: Secret("hunter2")).hashValue)
        #expect(ann != Credentials(username: "ann", password: "hunter3"))
        #expect(ann != Credentials(username: "bob", password: "hunter2"))
        #expect(ann != Credentials(username: "ann", password: "hunter2", authorizationIdentity: "bob"))
        let source = TokenSource(fixed: "t")
        #expect(Credentials.token(username: "ann", source: source) == .token(username: "ann", source: source))
        #expect(
            Credentials.token(username: "ann", source: source)
                != .token(username: "ann", source: TokenSource(fixed: "t"))
        )
        #expect(Credentials.external() != .anonymous())
    }

    @Test("H8 no error shows a secret, whatever a mechanism is given")
    func errors() {
        for password in ["hunter2\0", "hunter2\u{7}", "hunter2\u{627}", "hunter2\u{E000}"] {
            let credentials = Credentials(username: "ann", password: password, authorizationIdentity: "a\0b")
            for make in [
                { try Plain(credentials) }, { try Login(credentials) }, { try CRAMMD5(credentials) },
                { try SCRAM(credentials, hash: .sha256) },
                { try XOAUTH2(username: "ann", token: Secret(password)) },
            ] as [() throws -> any SASLMechanism] {
                do {
                    _ = try make()
                    Issue.record("took \(password.debugDescription)")
                } catch {
                    #expect(!"\(error) \(String(reflecting: error))".contains("hunter2"))
                }
            }
        }
    }
}
