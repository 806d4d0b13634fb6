import MailAddress
import SMTPCore
import Testing

@Suite("Parameters of RCPT")
struct RecipientParameterTests {
    private func resolve(
        _ lines: [String] = ["DSN"],
        for recipient: String = "a+b@example.org",
        _ set: (inout RecipientParameters) throws -> Void
    ) throws -> [String] {
        var parameters = RecipientParameters()
        try set(&parameters)
        return try parameters.resolve(for: ForwardPath(recipient), with: .offering(lines)).map(\.description)
    }

    static let notifications: [(Notify, String)] = [
        (.never, "NEVER"),
        (.on([]), "NEVER"),
        (.on([.success]), "SUCCESS"),
        (.on([.delay, .failure]), "FAILURE,DELAY"),
        (.on([.delay, .failure, .success]), "SUCCESS,FAILURE,DELAY"),
    ]

    @Test("R3461-4 NOTIFY is NEVER alone, or a list without repetition", arguments: notifications)
    func notify(notify: Notify, value: String) throws {
        #expect(try self.resolve(for: "postmaster") { $0.notify = .require(notify) } == ["NOTIFY=\(value)"])
    }

    @Test("R3461-1 R3461-6 NOTIFY and ORCPT without DSN", arguments: Wish.allCases)
    func notOffered(wish: Wish) throws {
        let offers: [@Sendable (inout RecipientParameters) throws -> Void] = [
            { $0.notify = wish.demand(.never) },
            { $0.originalRecipient = wish.demand(try OriginalRecipient(addressType: "x400", "c=de")) },
        ]
        for set in offers {
            guard wish == .require else {
                #expect(try self.resolve(["SIZE"], set) == [])
                continue
            }
            let error = #expect(throws: NegotiationError.self) { try self.resolve(["SIZE"], set) }
            #expect(error?.reason == .notOffered(.dsn))
        }
    }

    @Test("R3461-5 Q58 ORCPT goes with NOTIFY and never alone, unless required")
    func originalRecipient() throws {
        let original = try OriginalRecipient(addressType: "x400", "c=de")
        #expect(try self.resolve { _ in } == [])
        #expect(
            try self.resolve { $0.notify = .prefer(.never) } == [
                "NOTIFY=NEVER", "ORCPT=rfc822;a+2Bb@example.org",
            ]
        )
        #expect(try self.resolve { $0.originalRecipient = .prefer(original) } == [])
        #expect(try self.resolve { $0.originalRecipient = .require(original) } == ["ORCPT=x400;c+3Dde"])
        let both = try self.resolve {
            $0.notify = .require(.never)
            $0.originalRecipient = .prefer(original)
        }
        #expect(both == ["NOTIFY=NEVER", "ORCPT=x400;c+3Dde"])
        let withoutOriginal = try self.resolve {
            $0.notify = .require(.never)
            $0.originalRecipient = .never
        }
        #expect(withoutOriginal == ["NOTIFY=NEVER"])
        #expect(try self.resolve(for: "Postmaster") { $0.notify = .require(.never) } == ["NOTIFY=NEVER"])
    }

    static let originals = [
        ("user@example.org", "rfc822;user@example.org"),
        ("\"a b\"@example.org", "rfc822;\"a+20b\"@example.org"),
        ("a=b@example.org", "rfc822;a+3Db@example.org"),
        ("a@bücher.example", "rfc822;a@xn--bcher-kva.example"),
        ("ü@example.org", "utf-8;\\x{FC}@example.org"),
        ("ü+=@bücher.example", "utf-8;\\x{FC}\\x{2B}\\x{3D}@b\\x{FC}cher.example"),
        ("\"ü b\"@example.org", "utf-8;\"\\x{FC}\\x{20}b\"@example.org"),
    ]

    @Test("R3461-2 R3461-5 ORCPT of the recipient's own address, in ASCII always", arguments: originals)
    func encoding(address: String, value: String) throws {
        let resolved = try self.resolve(for: address) { $0.notify = .require(.never) }
        #expect(resolved == ["NOTIFY=NEVER", "ORCPT=\(value)"])
    }

    static let others: [(type: String, text: String, reason: CommandError.Reason)] = [
        ("", "x", .empty), ("x 400", "x", .unexpectedCharacter), ("x;y", "x", .unexpectedCharacter),
        ("x400", "", .empty), ("x400", "a\r\nb", .controlCharacter), ("x400", "é", .nonASCII),
        ("x400", String(repeating: "x", count: 496), .tooLong(limit: 500)),
        ("x400", String(repeating: "+", count: 166), .tooLong(limit: 500)),
    ]

    @Test("R3461-5 ORCPT of another mail system: printable, 500 octets once encoded", arguments: others)
    func otherSystem(type: String, text: String, reason: CommandError.Reason) {
        let error = #expect(throws: CommandError.self) { try OriginalRecipient(addressType: type, text) }
        #expect(error?.reason == reason)
    }

    @Test("R3461-5 ORCPT at its longest")
    func longest() throws {
        for text in [String(repeating: "x", count: 495), String(repeating: "+", count: 165)] {
            let resolved = try self.resolve {
                $0.originalRecipient = .require(try OriginalRecipient(addressType: "x400", text))
            }
            #expect(resolved.first?.utf8.count == "ORCPT=".utf8.count + 500)
        }
    }

    @Test("R5321-4.1.1.1-3 custom parameters of RCPT, behind the known ones")
    func custom() throws {
        let parameter = CustomParameter(try ESMTPParameter("XR", value: "1"), isRequired: false)
        #expect(try self.resolve(["XR"]) { $0.custom = [parameter] } == ["XR=1"])
        #expect(try self.resolve(["DSN"]) { $0.custom = [parameter] } == [])
        let all = try self.resolve(["XR", "DSN"]) {
            $0.custom = [parameter]
            $0.notify = .prefer(.never)
            $0.originalRecipient = .never
        }
        #expect(all == ["NOTIFY=NEVER", "XR=1"])
        let error = #expect(throws: NegotiationError.self) {
            try self.resolve(["DSN"]) { $0.custom = [CustomParameter(try ESMTPParameter("XR"))] }
        }
        #expect(error?.reason == .notOffered("XR"))
    }
}
