import Testing

@testable import SMTPTestServer

@Suite("LMTP: one final reply per recipient (RFC 2033 section 4.2)")
struct LMTPTests {
    private static let envelope =
        "LHLO c\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nRCPT TO:<bad\r\nRCPT TO:<c@y>\r\n"
        + "RCPT TO:<b@y>\r\nDATA\r\n"

    private func dialogue(_ script: SMTPTestServer.Script = []) -> Dialogue {
        let dialogue = Dialogue(.init(flavour: .lmtp), script: script)
        dialogue.send(Self.envelope)
        return dialogue
    }

    @Test func everyAcceptedRecipientGetsOne() {
        let dialogue = self.dialogue()
        #expect(dialogue.send("x\r\n.\r\nNOOP\r\n") == [250, 250, 250, 250])
        #expect(dialogue.messages.first?.recipients.map(\.address) == ["b@y", "c@y", "b@y"])
        #expect(dialogue.messages.first?.lmtpReplies.count == 3)
        #expect(dialogue.messageCounts.suffix(4) == [0, 0, 1, 1], "stored before the last reply")
    }

    @Test func refusedRecipientsAreNotInTheMessage() {
        let dialogue = self.dialogue([
            .on(.lmtpRecipient(0), .reply("452 4.2.2 full")),
            .on(.lmtpRecipient(address: "c@y"), .reply("250-2.0.0", "250 2.0.0 fine")),
        ])
        #expect(dialogue.send("x\r\n.\r\n") == [452, 250, 250])
        #expect(dialogue.messages.first?.recipients.map(\.address) == ["c@y", "b@y"])
        #expect(
            dialogue.messages.first?.lmtpReplies.prefix(2) == ["452 4.2.2 full", "250-2.0.0\n250 2.0.0 fine"]
        )
    }

    @Test func allRefusedIsNoMessage() {
        let script = SMTPTestServer.Script { event in
            if case .lmtpRecipient = event.kind { [.reply("550 no")] } else { nil }
        }
        let dialogue = self.dialogue(script)
        #expect(dialogue.send("x\r\n.\r\n") == [550, 550, 550])
        #expect(dialogue.messages.isEmpty)
        #expect(dialogue.send("MAIL FROM:<>\r\n") == [250])
    }

    @Test func bdatLastIsAnsweredPerRecipient() {
        let dialogue = Dialogue(.init(flavour: .lmtp))
        dialogue.send("LHLO c\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nRCPT TO:<c@y>\r\n")
        #expect(dialogue.send("BDAT 1\r\naBDAT 1 LAST\r\nbBDAT 1 LAST\r\nx") == [250, 250, 250, 503])
        #expect(dialogue.messages.map(\.text) == ["ab"])
    }

    @Test func oneReplyForAllIsAFaultThatCanBeScripted() {
        let dialogue = self.dialogue([.on(.endOfContent, .reply("250 all of them"))])
        #expect(dialogue.send("x\r\n.\r\nNOOP\r\n") == [250, 250])
        #expect(dialogue.messages.first?.recipients.count == 3)
    }

    @Test func aConnectionLostBetweenRepliesKeepsTheAcceptedOnes() {
        let dialogue = self.dialogue([.on(.lmtpRecipient(1), .close)])
        #expect(dialogue.send("x\r\n.\r\n") == [250])
        #expect(dialogue.isClosed)
        #expect(dialogue.messages.first?.recipients.map(\.address) == ["b@y"])
    }

    @Test func acceptedWithoutAReply() {
        let dialogue = self.dialogue([.on(.lmtpRecipient(1), .store, .close)])
        dialogue.send("x\r\n.\r\n")
        #expect(dialogue.messages.first?.recipients.map(\.address) == ["b@y", "c@y"])
        let all = self.dialogue([.on(.endOfContent, .store, .close)])
        #expect(all.send("x\r\n.\r\n").isEmpty)
        #expect(all.messages.first?.recipients.count == 3)
    }

    @Test func silenceForOneRecipientLeavesTheOthers() {
        let dialogue = self.dialogue([.on(.lmtpRecipient(2))])
        #expect(dialogue.send("x\r\n.\r\n") == [250, 250])
        #expect(dialogue.messages.first?.recipients.map(\.address) == ["b@y", "c@y"])
        #expect(dialogue.messages.first?.lmtpReplies.last?.isEmpty == true)
        #expect(dialogue.send("NOOP\r\n") == [250])
    }

    @Test func defaultThenMore() {
        let dialogue = self.dialogue([.on(.endOfContent, .default, .reply("421 bye"), .close)])
        #expect(dialogue.send("x\r\n.\r\n") == [250, 250, 250, 421])
        #expect(dialogue.messages.count == 1)
        #expect(dialogue.isClosed)
    }

    @Test func occurrencesCountInTheOrderOfReplies() {
        let dialogue = self.dialogue([.on(.lmtpRecipient(address: "b@y", occurrence: 2), .reply("450 no"))])
        #expect(dialogue.send("x\r\n.\r\n") == [250, 250, 450])
    }
}
