import Testing

@testable import OpenSSLCrypto

struct SecretTests {
    @Test("H8 S-I1.3 nothing that prints a secret shows its octets or their number")
    func redaction() {
        struct Holder {
            let password: Secret
        }
        let secrets: [Secret] = ["", "hunter2", Secret(String(repeating: "hunter2", count: 100))]
        var texts: Set<String> = []
        for secret in secrets {
            var dumped = ""
            dump(secret, to: &dumped)
            #expect(Mirror(reflecting: secret).children.isEmpty)
            texts.insert("\(secret) \(String(describing: secret)) \(String(reflecting: secret)) \(dumped)")
            dumped = ""
            dump(Holder(password: secret), to: &dumped)
            texts.insert("\(Holder(password: secret)) \(dumped)")
        }
        #expect(texts.count == 2)
        #expect(texts.allSatisfy { $0.contains("[redacted]") && !$0.contains("hunter") })
    }

    @Test("H8 secrets compare by their octets; hashes tell nothing")
    func equality() {
        let first = Secret("hunter2")
        #expect(first == Secret(octets: Array("hunter2".utf8)))
        #expect(first != "hunter3")
        #expect(first != "hunter22")
        #expect(first.hashValue == Secret("other").hashValue)
        #expect(Secret("").isEmpty)
        #expect(!first.isEmpty)
        #expect(first.copy() == Array("hunter2".utf8))
    }

    @Test("H1 copies share one memory, which goes with the last of them")
    func ownership() {
        weak var memory: SecretOctets?
        do {
            let octets = SecretOctets(count: 3) { span in for index in span.indices { span[index] = 7 } }
            memory = octets
            let copies = [octets, octets]
            #expect(copies.allSatisfy { $0.withSpan { $0.count == 3 && $0[2] == 7 } })
            #expect(memory != nil)
        }
        #expect(memory == nil)
    }

    @Test("H1 a secret whose octets cannot be made is an error, and its memory is given back")
    func failure() {
        #expect(throws: CryptoError("no")) {
            try Secret(count: 16) { (_) throws(CryptoError) in throw CryptoError("no") }
        }
    }
}
