internal import AsyncSMTP
internal import MailAddress
internal import NIOCore
internal import SMTPCore
internal import TransferEncoding

/// Measures the parts that every message passes, which only this package can call.
///
/// `MicroBenchmarks [WORD...]`, in a release build; with words only what has one of them in its name.
@main
struct MicroBenchmarks {
    private var timing: Timing

    static func main() throws {
        var benchmarks = Self(timing: Timing(words: Array(CommandLine.arguments.dropFirst())))
        try benchmarks.measureReplies()
        try benchmarks.measureCommands()
        try benchmarks.measureContent()
        try benchmarks.measureBase64()
        TransferEncodings.measure(&benchmarks.timing)
        try Composing.measure(&benchmarks.timing)
        try benchmarks.measureHeader()
        try benchmarks.measureAddresses()
        benchmarks.measurePool()
        print("checksum \(benchmarks.timing.checksum)")
    }

    private static let ehlo = """
        250-mx.example.org at your service\r
        250-PIPELINING\r
        250-SIZE 52428800\r
        250-STARTTLS\r
        250-AUTH SCRAM-SHA-256 PLAIN LOGIN\r
        250-ENHANCEDSTATUSCODES\r
        250-8BITMIME\r
        250-DSN\r
        250-SMTPUTF8\r
        250 CHUNKING\r

        """

    private static let header = """
        Received: from [192.0.2.1] by mx.example.org; Thu, 1 Jan 2026 00:00:00 +0000\r
        Date: Thu, 1 Jan 2026 00:00:00 +0000\r
        From: Some Body <some.body@example.org>\r
        To: Somebody Else <somebody.else@example.net>,\r
         Another One <another.one@example.com>\r
        Subject: What is measured here\r
        MIME-Version: 1.0\r
        Content-Type: text/plain; charset=utf-8\r
        Content-Transfer-Encoding: 8bit\r
        Message-ID: <20260101000000.1@example.org>\r
        \r

        """

    /// The reply that the octets are, through the layers a connection has.
    private static func reply(
        _ octets: ByteBuffer,
        _ framer: inout LineFramer,
        _ assembler: inout ReplyAssembler
    ) throws -> Reply? {
        framer.append(octets)
        while let line = try framer.nextLine(limit: 2048) {
            if let reply = try assembler.append(ReplyLine(parsing: line)) { return reply }
        }
        return nil
    }

    private mutating func measureReplies() throws {
        let short = ByteBuffer(string: "250 2.1.0 Ok\r\n")
        let long = ByteBuffer(string: Self.ehlo)
        var framer = LineFramer()
        var assembler = ReplyAssembler()
        for (name, octets) in [("reply, one line", short), ("reply, ten lines", long)] {
            try self.timing.measure(name) { try Self.reply(octets, &framer, &assembler)?.rawText.count ?? 0 }
        }
        guard let reply = try Self.reply(long, &framer, &assembler) else { return }
        self.timing.measure("EHLO reply, ten lines: extensions") {
            ServerExtensions(ehlo: reply).keywords.count
        }
    }

    private mutating func measureCommands() throws {
        let encoder = CommandEncoder()
        let parameters = [
            try ESMTPParameter("SIZE", value: "1024"), try ESMTPParameter("BODY", value: "8BITMIME"),
        ]
        let mail = Command.mail(try ReversePath("some.body@example.org"), parameters)
        let recipient = Command.rcpt(try ForwardPath("somebody.else@example.net"), [])
        var buffer = ByteBufferAllocator().buffer(capacity: 1024)
        for (name, command) in [("command, MAIL with SIZE and BODY", mail), ("command, RCPT", recipient)] {
            try self.timing.measure(name) {
                buffer.clear()
                try encoder.encode(command, into: &buffer)
                return buffer.readableBytes
            }
        }
    }

    private static func content(_ line: String, octets: Int) -> ByteBuffer {
        ByteBuffer(string: String(repeating: line, count: octets / line.utf8.count))
    }

    private mutating func measureContent() throws {
        let text = String(repeating: "x", count: 62)
        let contents = [
            ("1 KiB, CRLF", Self.content(text + "\r\n", octets: 1024)),
            ("1 MiB, CRLF", Self.content(text + "\r\n", octets: 1 << 20)),
            ("1 MiB, LF only", Self.content(text + "x\n", octets: 1 << 20)),
            ("1 MiB, a dot at each line", Self.content("." + text.dropFirst() + "\r\n", octets: 1 << 20)),
        ]
        for (name, content) in contents {
            let octets = content.readableBytes
            try self.timing.measure("content for DATA, \(name)", octets: octets) {
                var encoder = ContentEncoder(purpose: .data)
                return try encoder.encode(content).readableBytes + encoder.finish().readableBytes
            }
            try self.timing.measure("content survey, \(name)", octets: octets) {
                var builder = ContentSurvey.Builder(rules: ContentRules())
                try builder.append(content)
                return Int(try builder.finish().size ?? 0)
            }
        }
    }

    private mutating func measureBase64() throws {
        let octets = (0..<65_536).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let text = Array(Base64.encode(octets).utf8)
        self.timing.measure("Base64, encode 64 KiB", octets: octets.count) {
            Base64.encode(octets).utf8.count
        }
        self.timing.measure("Base64, decode to 64 KiB", octets: octets.count) {
            Base64.decode(text)?.count ?? 0
        }
    }

    private mutating func measureHeader() throws {
        let message = ByteBuffer(string: Self.header + String(repeating: "x", count: 400) + "\r\n")
        let octets = message.readableBytesView.prefix(HeaderSection.length(in: message) ?? 0)
        self.timing.measure("header, ten fields parsed") { HeaderSection(parsing: octets).fields.count }
        self.timing.measure("header, Message-ID behind nine others") {
            HeaderSection.firstValue(of: "message-id", in: message)?.utf8.count ?? 0
        }
        self.timing.measure("header, looked through for Bcc") {
            HeaderFieldFilter.mayContain(anyOf: ["bcc", "resent-bcc"], in: message) ? 1 : 0
        }
    }

    private mutating func measureAddresses() throws {
        try self.timing.measure("address, plain") {
            try EmailAddress("some.body@mail.example.org").wireForm.utf8.count
        }
        let list = (0..<10).map { "Some Body <some.body\($0)@example.org>" }.joined(separator: ", ")
        let parser = AddressListParser()
        try self.timing.measure("address list, ten mailboxes with names") { try parser.parse(list).count }
    }

    /// The pool is generic and specialized within its own module only: here it shows changes, not what it costs there.
    private mutating func measurePool() {
        let now = NIODeadline.uptimeNanoseconds(1_000_000_000)
        for count in [1, 16] {
            var configuration = PoolConfiguration()
            configuration.maximumConnections = 1
            var pool = PoolStateMachine<QueuedMessage>(configuration: configuration)
            let messages = (0..<count).map { QueuedMessage(waiterID: UInt64($0)) }
            var connection: PoolConnectionID?
            for case .open(let id) in pool.enqueue(contentsOf: messages, now: now) { connection = id }
            guard let connection else { continue }
            _ = pool.opened(connection, now: now)
            var taken: [QueuedMessage] = []
            _ = pool.take(connection, atMost: count, into: &taken, now: now)
            _ = pool.finished(connection, accepted: count, failed: 0, now: now)
            self.timing.measure("pool, not specialized, \(count) messages at a time", operations: count) {
                var actions = pool.enqueue(contentsOf: messages, now: now).count
                taken.removeAll(keepingCapacity: true)
                actions += pool.take(connection, atMost: count, into: &taken, now: now).count
                actions += pool.finished(connection, accepted: taken.count, failed: 0, now: now).count
                return actions + taken.count
            }
        }
    }
}
