extension AddressTable {
    private static let a62 = String(repeating: "a", count: 62)
    private static let label63 = String(repeating: "x", count: 63)

    /// A domain of 189 octets in labels of 63, 63 and 61.
    private static let domain189 = "\(label63).\(label63).\(String(repeating: "x", count: 61))"

    static let lengths: [AddressRow] = [
        .asIs("\(a62)aa@example.org"),
        .refused("\(a62)aaa@example.org"),
        .asIs("\"\(a62.dropLast()) \"@example.org"),
        .refused("\"\(a62) a\"@example.org"),
        .everywhere("\"\(a62)aa\"@example.org", "\(a62)aa@example.org"),
        .refused("\"\(a62)aaa\"@example.org"),
        .asIs("u@\(label63).org"),
        .refused("u@\(label63)x.org"),
        .refused("u@example.\(label63)x"),
        // 64 + 1 + 189 and the two angle brackets are 256 octets.
        .asIs("\(a62)aa@\(domain189)"),
        .refused("\(a62)aa@\(domain189)x"),
        .refused("u@\(label63).\(label63).\(label63).\(label63)x"),
        .refused("u@\(String(repeating: "a.", count: 128))a"),
        .asIs("u@[x:\(String(repeating: "y", count: 248))]"),
        .refused("u@[x:\(String(repeating: "y", count: 252))]"),
        .refused("u@[IPv6:\(String(repeating: "0", count: 46))::]"),
        .refused(String(repeating: "a", count: 70_000) + "@example.org"),
    ]

    static let international: [AddressRow] = [
        .asIs("jörg@example.org"),
        .asIs("用户@example.org"),
        .asIs("a.é.b@example.org"),
        .asIs("\"é é\"@example.org"),
        .everywhere("\"é\"@example.org", "é@example.org"),
        .asIs("e\u{301}@example.org"),
        .asIs("👩‍👩‍👧@example.org"),
        .everywhere("user@bücher.example", "user@xn--bcher-kva.example"),
        .everywhere("user@BÜCHER.Example", "user@xn--bcher-kva.example"),
        .everywhere("user@bu\u{308}cher.example", "user@xn--bcher-kva.example"),
        .everywhere("user@faß.de", "user@xn--fa-hia.de"),
        .everywhere("user@日本語\u{3002}jp", "user@xn--wgv71a119e.jp"),
        .everywhere("user@пример.example", "user@xn--e1afmkfd.example"),
        .everywhere("user@XN--BCHER-KVA.example", "user@xn--bcher-kva.example"),
        .asIs("user@xn--bcher-kva.example"),
        .refused("user@xn--.example"),
        .refused("user@xn--a.example"),
        .refused("user@xn--a-.example"),
        .refused("user@xn--99999999.example"),
        .refused("user@xn--bücher-kva.example"),
        .refused("user@ü_.example"),
        .refused("user@-ü.example"),
        .refused("user@ü..example"),
        .refused("user@\u{200D}.example"),
        .refused("user@\u{AD}.example"),
        .refused("user@\u{202E}.example"),
        .refused("user@\u{301}a.example"),
        .refused("user@ü\u{FF0F}x.example"),
        .refused("user@ü\u{FF20}x.example"),
        .refused("user@1ü.א"),
        .refused("us\u{80}er@example.org"),
        .refused("us\u{9F}er@example.org"),
        .refused("us\u{2028}er@example.org"),
        .refused("\"\u{2029}\"@example.org"),
        .refused("user@exam\u{85}ple.org"),
    ]
}
