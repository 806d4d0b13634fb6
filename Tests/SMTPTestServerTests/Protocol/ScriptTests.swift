import Testing

@testable import SMTPTestServer

@Suite("Scripts")
struct ScriptTests {
    private static let mail = "EHLO c\r\nMAIL FROM:<a@x>\r\n"
    private static let envelope = ContentTests.envelope

    @Test func aRefusedRecipientIsNotInTheMessage() {
        let dialogue = Dialogue(script: [
            .on(.command("RCPT", occurrence: 2), .reply("550 5.1.1 no such user"))
        ])
        dialogue.send(Self.mail)
        let codes = dialogue.send("RCPT TO:<a@y>\r\nRCPT TO:<b@y>\r\nRCPT TO:<c@y>\r\nDATA\r\n.\r\n")
        #expect(codes == [250, 550, 250, 354, 250])
        #expect(dialogue.messages.first?.recipients.map(\.address) == ["a@y", "c@y"])
    }

    @Test func anyPositiveReplyAccepts() {
        let dialogue = Dialogue(script: [
            .on(.command("MAIL"), .reply("299 odd")),
            .on(.command("RCPT", where: { $0.contains("junk") }), .reply("251-will", "251 forward")),
        ])
        #expect(
            dialogue.send("EHLO c\r\nMAIL FROM: junk SIZE=x\r\nRCPT TO:junk\r\nDATA\r\n.\r\n") == [
                250, 299, 251, 354, 250,
            ]
        )
        #expect(dialogue.messages.first?.sender == "junk")
        #expect(dialogue.messages.first?.mailParameters.text == "SIZE=x")
        #expect(dialogue.messages.first?.recipients.map(\.address) == ["junk"])
    }

    @Test func aRefusedMailLeavesNoTransaction() {
        let dialogue = Dialogue(script: [.on(.command("MAIL", occurrence: 1), .reply("451 later"))])
        #expect(
            dialogue.send("EHLO c\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n") == [250, 451, 503, 503]
        )
        #expect(dialogue.send("MAIL FROM:<a@x>\r\n") == [250])
    }

    @Test func aRefusedEHLOLeavesNoExtensions() {
        let dialogue = Dialogue(script: [.on(.command("EHLO"), .reply("502 no"))])
        #expect(
            dialogue.send("EHLO c\r\nMAIL FROM:<>\r\nHELO c\r\nMAIL FROM:<> SIZE=1\r\n") == [
                502, 503, 250, 555,
            ]
        )
    }

    @Test func aRefusedDataKeepsTheTransaction() {
        let dialogue = Dialogue(script: [.on(.command("DATA", occurrence: 1), .reply("451 not now"))])
        dialogue.send(Self.envelope)
        #expect(dialogue.send("DATA\r\nDATA\r\n") == [451, 354])
    }

    @Test("354 without a recipient: a lone dot, then 554")
    func contentForNobody() {
        let dialogue = Dialogue(script: [.on(.command("DATA"), .reply("354 go on"))])
        dialogue.send(Self.mail)
        #expect(dialogue.send("DATA\r\n.\r\nNOOP\r\n") == [354, 554, 250])
        #expect(dialogue.messages.isEmpty)
    }

    @Test func dataAnsweredWith250() {
        let strict = Dialogue(script: [.on(.command("DATA"), .reply("250 go on"))])
        strict.send(Self.envelope)
        #expect(strict.send("DATA\r\nNOOP\r\n") == [250, 250])
        let lenient = Dialogue(script: [.on(.command("DATA"), .reply("250 go on"), .expectContent)])
        lenient.send(Self.envelope)
        #expect(lenient.send("DATA\r\nNOOP\r\n.\r\n") == [250, 250])
        #expect(lenient.messages.map(\.text) == ["NOOP\r\n"])
    }

    @Test("the final reply decides", arguments: [(250, 1), (299, 1), (354, 0), (451, 0), (554, 0), (199, 0)])
    func finalReply(code: Int, count: Int) {
        let dialogue = Dialogue(script: [.on(.endOfContent, .reply("\(code) x"))])
        dialogue.send(Self.envelope)
        #expect(dialogue.send("DATA\r\nx\r\n.\r\nMAIL FROM:<>\r\n") == [354, code, 250])
        #expect(dialogue.messages.count == count)
    }

    @Test func storedWithoutAReply() {
        let stored = Dialogue(script: [.on(.endOfContent, .store, .close)])
        stored.send(Self.envelope + "DATA\r\nx\r\n.\r\n")
        #expect(stored.isClosed)
        #expect(stored.messages.map(\.text) == ["x\r\n"])
        let lost = Dialogue(script: [.on(.endOfContent, .close)])
        lost.send(Self.envelope + "DATA\r\nx\r\n.\r\n")
        #expect(lost.isClosed)
        #expect(lost.messages.isEmpty)
        #expect(lost.unfinishedContentCount == nil)
    }

    @Test func theMessageIsStoredBeforeItsReply() {
        let gate = SMTPTestServer.Gate()
        let dialogue = Dialogue(script: [
            .on(.endOfContent, .raw("25"), .hold(gate), .raw("0 o"), .raw("k\r\n"))
        ])
        dialogue.send(Self.envelope + "DATA\r\nx\r\n.\r\n")
        #expect(dialogue.gate === gate)
        #expect(dialogue.messages.isEmpty)
        dialogue.open()
        #expect(dialogue.messages.count == 1)
        #expect(dialogue.messageCounts.suffix(3) == [0, 0, 1])
    }

    @Test func rawOctetsAreSentAsTheyAre() {
        let dialogue = Dialogue(script: [.on(.command("NOOP"), .raw([0, 0xFF, 0x0A]))])
        dialogue.send("NOOP\r\n")
        #expect(dialogue.sent.suffix(3) == [0, 0xFF, 0x0A])
    }

    @Test("line ends of replies", arguments: ["250-a\n250 b", "250-a\r\n250 b"])
    func lines(text: String) {
        let dialogue = Dialogue(script: [.on(.command("NOOP"), .reply(text))])
        dialogue.send("NOOP\r\n")
        #expect(dialogue.text.hasSuffix("\r\n250-a\r\n250 b\r\n"))
    }

    @Test func defaultDecidesAndTheRestIsWritten() {
        let dialogue = Dialogue(script: [
            .on(.command("RCPT"), .reply("550 no"), .default, .default, .reply("550 no"))
        ])
        dialogue.send(Self.mail)
        #expect(dialogue.send("RCPT TO:<b@y>\r\nDATA\r\n") == [550, 250, 550, 354])
    }

    @Test func onlyTheFirstReplyDecides() {
        let dialogue = Dialogue(script: [.on(.command("RCPT"), .reply("250 ok"), .reply("550 no"))])
        dialogue.send(Self.mail)
        #expect(dialogue.send("RCPT TO:<b@y>\r\nDATA\r\n") == [250, 550, 354])
    }

    @Test func silenceGoesOn() {
        let dialogue = Dialogue(script: [.on(.command("NOOP"))])
        #expect(dialogue.send("NOOP\r\nRSET\r\n") == [250])
    }

    @Test func stallObeysNothingMore() {
        let dialogue = Dialogue(script: [.on(.command("NOOP"), .stall)])
        #expect(dialogue.send("RSET\r\nNOOP\r\nRSET\r\n") == [250])
        #expect(dialogue.send("RSET\r\n").isEmpty)
        #expect(!dialogue.isClosed)
    }

    @Test func holdKeepsWhatComes() {
        let gate = SMTPTestServer.Gate()
        let dialogue = Dialogue(script: [.on(.command("MAIL"), .hold(gate), .default)])
        #expect(dialogue.send(Self.mail + "RCPT TO:<b@y>\r\n") == [250])
        #expect(dialogue.send("DATA\r\n").isEmpty)
        #expect(dialogue.open() == [250, 250, 354])
    }

    @Test func closeAndReset() {
        let closing = Dialogue(script: [.on(.command("NOOP"), .reply("421 bye"), .close, .reply("250 late"))])
        #expect(closing.send("NOOP\r\nNOOP\r\n") == [421])
        #expect(closing.isClosed)
        let resetting = Dialogue(script: [.on(.connect, .reset)])
        #expect(resetting.isReset)
        #expect(resetting.codes.isEmpty)
    }

    @Test func aGreetingThatRefuses() {
        let dialogue = Dialogue(script: [.on(.connect, .reply("554-no", "554 service"))])
        #expect(dialogue.send("EHLO c\r\nQUIT\r\n") == [503, 221])
        #expect(dialogue.isClosed)
    }

    @Test func quitAnswersWithoutClosing() {
        let dialogue = Dialogue(script: [.on(.command("QUIT"), .reply("500 what"))])
        #expect(dialogue.send("QUIT\r\nNOOP\r\n") == [500, 250])
        #expect(!dialogue.isClosed)
    }

    @Test func inTheMiddleOfTheContent() {
        let dialogue = Dialogue(script: [.on(.contentOctets(4), .reply("552 too much"), .close)])
        dialogue.send(Self.envelope)
        #expect(dialogue.send("DATA\r\nabcdef\r\n.\r\n") == [354, 552])
        #expect(dialogue.isClosed)
        #expect(dialogue.messages.isEmpty)
        #expect(dialogue.unfinishedContentCount == 4)
    }

    @Test func contentOctetsCountOverChunks() {
        let dialogue = Dialogue(script: [.on(.contentOctets(3), .stopReading(until: .init()))])
        dialogue.send(Self.envelope)
        #expect(dialogue.send("BDAT 2\r\nabBDAT 2 LAST\r\ncd") == [250, 250])
        #expect(dialogue.stoppedReading == 1)
        #expect(dialogue.contentStarts == 1)
        #expect(dialogue.messages.map(\.text) == ["abcd"])
    }

    @Test func contentCutOffByTheClient() {
        let dialogue = Dialogue()
        dialogue.send(Self.envelope + "DATA\r\nabc")
        dialogue.disconnect()
        #expect(dialogue.unfinishedContentCount == 3)
        #expect(dialogue.messages.isEmpty)
    }

    private static let occurrenceRows: [(SMTPTestServer.Occurrence, [Int])] = [
        (.every, [1, 2, 3, 4]), (2, [2]), (.nth(9), []), (.first(2), [1, 2]), (.from(3), [3, 4]),
        (.first(0), []),
    ]

    @Test("occurrences", arguments: occurrenceRows)
    func occurrences(occurrence: SMTPTestServer.Occurrence, times: [Int]) {
        let dialogue = Dialogue(script: [.on(.command("noop", occurrence: occurrence), .reply("450 hit"))])
        let codes = (1...4).flatMap { _ in dialogue.send("NOOP\r\n") }
        #expect(codes.indices.filter { codes[$0] == 450 }.map { $0 + 1 } == times)
    }

    @Test func occurrencesCountOverTheServer() {
        let runner = ScriptRunner([
            .on(.connect(occurrence: 2), .reply("421 busy")),
            .on(.command("NOOP"), session: 2, .reply("450 third connection")),
        ])
        let sessions = (0..<3).map { Dialogue(runner: runner, sessionIndex: $0) }
        #expect(sessions.flatMap(\.codes) == [220, 421, 220])
        #expect(sessions[0].send("NOOP\r\n") == [250])
        #expect(sessions[2].send("NOOP\r\n") == [450])
    }

    @Test func theFirstMatchingRuleApplies() {
        let dialogue = Dialogue(script: [
            .on(.command("NOOP", occurrence: 2), .reply("450 a")), .on(.command("NOOP"), .reply("451 b")),
        ])
        #expect(dialogue.send("NOOP\r\nNOOP\r\nNOOP\r\n") == [451, 450, 451])
    }

    @Test func aClosureSeesEveryEvent() {
        let runner = ScriptRunner(
            SMTPTestServer.Script(contentOffsets: [2]) { event in
                [.raw("\(event.kind) \(event.sessionIndex) \(event.occurrence)\r\n"), .default]
            }
        )
        let dialogue = Dialogue(runner: runner, sessionIndex: 7)
        dialogue.send("EHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<b@y>\r\nBDAT 3\r\nabcBDAT 0 LAST\r\n")
        let events = dialogue.text.split(separator: "\r\n").filter {
            $0.hasSuffix("7 1") || $0.hasSuffix("7 2")
        }
        #expect(
            events == [
                "connect 7 1",
                "command(verb: \"EHLO\", argument: \"c\") 7 1",
                "command(verb: \"MAIL\", argument: \"FROM:<>\") 7 1",
                "command(verb: \"RCPT\", argument: \"TO:<b@y>\") 7 1",
                "command(verb: \"BDAT\", argument: \"3\") 7 1",
                "contentOctets(2) 7 1",
                "bdat(octets: 3) 7 1",
                "command(verb: \"BDAT\", argument: \"0 LAST\") 7 2",
                "endOfContent 7 1",
            ]
        )
        #expect(dialogue.messages.count == 1)
    }
}
