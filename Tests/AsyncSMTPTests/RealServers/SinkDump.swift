import Foundation
import Testing

/// The files smtp-sink stores messages in.
enum SinkDump {
    /// Every dump of the message; lines that smtp-sink adds are checked and removed.
    ///
    /// - Parameter helloName: Who delivered the message to the sink.
    static func copies(
        of message: RealMessage,
        in directory: String,
        port: String,
        protocolName: String,
        helloName: String = "client.example"
    ) throws -> [StoredCopy] {
        let directory = URL(filePath: directory)
        var copies: [StoredCopy] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: directory.path())
        where name.hasPrefix("\(port).") {
            let file = directory.appending(path: name)
            guard StoredSenders.sender(of: file, or: Self.sender) == message.sender else { continue }
            copies.append(try Self.parse(Data(contentsOf: file), message, protocolName, helloName))
        }
        return copies
    }

    /// What smtp-sink makes of content: it leaves out every CR and puts one LF behind it.
    static func content(of wire: Data) -> Data {
        Data(Array(wire).filter { $0 != 0x0D } + [0x0A])
    }

    /// Sender of a dump; nil when the file is just being begun, or went because its transaction was given up.
    private static func sender(of file: URL) -> String? {
        guard let handle = FileHandle(forReadingAtPath: file.path()) else { return nil }
        defer { try? handle.close() }
        guard let head = try? handle.read(upToCount: 512),
            let start = head.range(of: Data("\nX-Mail-Args: <".utf8)),
            let end = head[start.upperBound...].firstIndex(of: UInt8(ascii: ">"))
        else { return nil }
        return String(decoding: head[start.upperBound..<end], as: UTF8.self)
    }

    private static func parse(
        _ dump: Data,
        _ message: RealMessage,
        _ protocolName: String,
        _ helloName: String
    ) throws -> StoredCopy {
        var rest = dump[...]
        func line(after prefix: String) throws -> String {
            let end = try #require(rest.firstIndex(of: UInt8(ascii: "\n")))
            let line = String(decoding: rest[..<end], as: UTF8.self)
            try #require(line.hasPrefix(prefix), "\(line)")
            rest = rest[rest.index(after: end)...]
            return String(line.dropFirst(prefix.count))
        }
        #expect(try line(after: "X-Client-Addr: ") == "127.0.0.1")
        #expect(try line(after: "X-Client-Proto: ") == protocolName)
        #expect(try line(after: "X-Helo-Args: ") == helloName)
        let mail = try line(after: "X-Mail-Args: ").split(separator: " ").map(String.init)
        #expect(mail.first == "<\(message.sender)>")
        var recipients: [String] = []
        while rest.starts(with: Data("X-Rcpt-Args: ".utf8)) {
            recipients.append(String(try line(after: "X-Rcpt-Args: <").dropLast()))
        }
        #expect(try line(after: "Received: ") == "from \(helloName) ([127.0.0.1])")
        _ = try line(after: "\tby smtp-sink (smtp-sink) with \(protocolName) id ")
        _ = try line(after: "\t")
        return StoredCopy(
            recipients: recipients,
            mailParameters: Array(mail.dropFirst()),
            content: Data(rest)
        )
    }
}
