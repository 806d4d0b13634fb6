import NIOCore
import SMTPCore
import Testing

/// The first three reply layers in a row, as a connection has them: octets in, replies out.
struct ReplyReader {
    /// What octets turned out to be.
    enum Event: Hashable {
        case reply(Reply)
        case failure(ReplyError)
    }

    /// Octets of a line besides its text: three digits and the separator.
    static let overhead = 4

    private let limits: ReplyLimits
    private var framer = LineFramer()
    private var assembler: ReplyAssembler
    private var hasFailed = false

    init(limits: ReplyLimits = ReplyLimits()) {
        self.limits = limits
        self.assembler = ReplyAssembler(limits: limits)
    }

    /// Octets held in front of the first layer.
    var bufferedByteCount: Int { self.framer.bufferedByteCount }

    /// Takes a piece; nothing more comes after a failure, because the connection is closed then.
    mutating func append(_ piece: ByteBuffer) -> [Event] {
        var events: [Event] = []
        guard !self.hasFailed else { return events }
        self.framer.append(piece)
        let limit = self.limits.maximumTextLength + Self.overhead
        do throws(ReplyError) {
            while let line = try self.framer.nextLine(limit: limit) {
                if let reply = try self.assembler.append(ReplyLine(parsing: line)) {
                    events.append(.reply(reply))
                }
            }
        } catch {
            self.hasFailed = true
            events.append(.failure(error))
        }
        return events
    }

    /// What the end of the connection makes of what is left.
    mutating func finish() -> [Event] {
        guard !self.hasFailed, let error = self.assembler.endOfStream() else { return [] }
        return [.failure(error)]
    }

    /// Everything that pieces turn out to be.
    static func events(in pieces: [ByteBuffer], limits: ReplyLimits = ReplyLimits()) -> [Event] {
        var reader = ReplyReader(limits: limits)
        return pieces.flatMap { reader.append($0) } + reader.finish()
    }

    /// The only reply in a text.
    static func reply(_ text: String) throws -> Reply {
        let events = Self.events(in: [ByteBuffer(string: text)])
        guard case .reply(let reply) = try #require(events.first), events.count == 1 else {
            throw UnexpectedEvents(events: events)
        }
        return reply
    }

    struct UnexpectedEvents: Error {
        let events: [Event]
    }
}

extension ServerExtensions {
    /// What an EHLO reply with these lines offers, behind a first line with the server's name.
    static func offering(_ lines: [String]) throws -> ServerExtensions {
        let all = ["mail.example.org greets you"] + lines
        let wire = all.enumerated().map { "250\($0 == all.count - 1 ? " " : "-")\($1)\r\n" }.joined()
        return ServerExtensions(ehlo: try ReplyReader.reply(wire))
    }

    static func offering(_ lines: String...) throws -> ServerExtensions {
        try Self.offering(lines)
    }
}
