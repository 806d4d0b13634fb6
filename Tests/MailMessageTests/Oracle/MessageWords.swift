/// Material for random messages: scripts of the world, and what has broken mail programs before.
enum MessageWords {
    /// Words of many scripts; some with combining marks, joiners and directions.
    static let words = [
        "hello", "World", "naïve", "Grüße", "Ελληνικά", "Привет", "مرحبا", "שלום", "नमस्ते", "สวัสดี", "你好", "世界",
        "こんにちは", "カタカナ", "안녕하세요", "😀", "👩‍👩‍👧‍👦", "🏳️‍🌈", "e\u{301}a\u{300}", "\u{1F1E9}\u{1F1EA}",
        "ﬁ", "Ω", "a\u{308}\u{323}", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "\u{10FFFD}", "\u{A0}", "\u{3000}x",
    ]

    /// Texts that look like something else.
    static let hostile = [
        "=?utf-8?q?x?=", "=?utf-8?B?eA==?= tail", "a \"quoted\" word", "back\\slash", "semi;colon",
        "a,b <c@d.example>",
        "100%", "%41%20", "utf-8''x", "(comment)", "a:b", "Bcc: x@example.org", "[literal]", "a  b   c", "@",
        "=",
        "=?", "?=", "=_1.", "'single'", "tail\\", "#1 & more", "{}|~^`", "x=y", "\\u0041",
    ]

    /// Names of files, and what is left of them for the recipient.
    static let fileNames: [(given: String, kept: String)] = [
        ("a.bin", "a.bin"), ("two words.bin", "two words.bin"), ("../../etc/passwd", "passwd"),
        ("C:\\temp\\x.dat", "x.dat"), ("=?utf-8?q?x?=.bin", "=?utf-8?q?x?=.bin"), ("a;b=c.bin", "a;b=c.bin"),
        ("say \"hi\".bin", "say \"hi\".bin"), ("100%.bin", "100%.bin"), ("it's.bin", "it's.bin"),
        (" lead.bin", " lead.bin"), ("trail.bin  ", "trail.bin"), ("Grüße.bin", "Grüße.bin"),
        ("文件 名.bin", "文件 名.bin"), ("👩‍👩‍👧‍👦.bin", "👩‍👩‍👧‍👦.bin"), ("a\u{202E}nib.exe", "anib.exe"),
        ("a,b.bin", "a,b.bin"),
        (String(repeating: "long", count: 70) + ".bin", String(repeating: "long", count: 70) + ".bin"),
        (String(repeating: "длин", count: 40) + ".bin", String(repeating: "длин", count: 40) + ".bin"),
        ("a'b'c%41.bin", "a'b'c%41.bin"), ("(x).bin", "(x).bin"), ("q\u{301}.bin", "q\u{301}.bin"),
    ]

    /// Addresses whose local parts are ASCII, and how a header has them.
    static let addresses: [(given: String, written: String)] = [
        ("ann@example.org", "ann@example.org"), ("bob+tag@Example.NET", "bob+tag@example.net"),
        ("\"a b\"@example.com", "\"a b\"@example.com"), ("\"x,y\"@example.com", "\"x,y\"@example.com"),
        ("\"q\\\"uote\"@example.com", "\"q\\\"uote\"@example.com"),
        ("x@bücher.example", "x@xn--bcher-kva.example"),
        ("o'hara@example.org", "o'hara@example.org"), ("a@[192.0.2.1]", "a@[192.0.2.1]"),
        ("\"<x>\"@example.org", "\"<x>\"@example.org"), ("a=b?c@example.org", "a=b?c@example.org"),
        ("\"semi;colon:\"@example.org", "\"semi;colon:\"@example.org"),
        ("z@例え.example", "z@xn--r8jz45g.example"),
    ]

    /// Addresses that only a header in UTF-8 can have.
    static let addressesInUTF8: [(given: String, written: String)] = [
        ("grüße@example.org", "grüße@example.org"), ("用户@例え.example", "用户@例え.example"),
        ("почта@bücher.example", "почта@bücher.example"),
    ]

    /// Texts of bodies.
    static let bodies = [
        "", "no line end", "one line\r\n", "\r\n", "\n\n\n", "\r\r", "lone\rcarriage\nreturns\r\n",
        "trailing  \r\nspaces \t\r\n",
        ".\r\n..\r\n.dots\r\n", "From me\r\n>From you\r\n", "NUL \0 in it\r\n",
        String(repeating: "x", count: 998),
        String(repeating: "y", count: 999) + "\r\n", String(repeating: "long words ", count: 200),
        String(repeating: "ü", count: 700) + "\n", "--=_1.abc\r\n--=_1.\r\n", "--=_\n", "=3D=\r\n=\r\n",
        "--\r\n-- \r\nAnn\r\n",
        "Content-Type: text/html\r\n\r\nx", "\u{FEFF}BOM\r\n", "\u{2028}\u{2029}\u{85}\u{B}\u{C}\r\n", "é",
        " ", "\t\r\n \r\n",
        "ends with cr\r", "\r\n\r\n--=_2.xyz--", "a=\u{7F}\u{1}\r\n",
        "> quoted\r\n>> deeper\r\n  two spaces\r\n",
    ]
}
