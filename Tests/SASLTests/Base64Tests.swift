import Testing

@testable import SASL

struct Base64Tests {
    @Test(
        "vectors of RFC 4648 section 10",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ]
    )
    func vector(text: String, expected: String) {
        #expect(Base64.encode(octets(text)) == expected)
        #expect(Base64.decode(octets(expected)) == octets(text))
    }

    @Test("every octet at every place comes back", arguments: 0..<4)
    func roundTrip(place: Int) {
        for octet in UInt8.min...UInt8.max {
            let value = [UInt8](repeating: 0xA5, count: place) + [octet]
            #expect(Base64.decode(octets(Base64.encode(value))) == value)
        }
    }

    @Test(
        "S-D5.1 nothing but the one form is read",
        arguments: [
            "====", "=AAA", "AAA=BBB", "A", "AA*A", "AA", "AAA", "A===", "Zg=", "Zh==", "Zm9=", "Zm9v\n",
            " Zm9v", "Zm_v", "AA=A",
        ]
    )
    func malformed(text: String) {
        #expect(Base64.decode(octets(text)) == nil)
    }
}
