import Foundation
import NIOCore
import NIOPosix
import Testing

/// A listening socket that accepts nobody and has no room left for another connection.
struct FullBacklog {
    let port: Int

    /// Linux takes one connection more than the backlog, and ignores who comes after that.
    static func with(_ body: (FullBacklog) async throws -> Void) async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1)
            .serverChannelOption(.autoRead, value: false)
            .bind(host: "127.0.0.1", port: 0).get()
        let address = try #require(listener.localAddress)
        var channels: [any Channel] = [listener]
        do {
            for _ in 0..<2 {
                channels.append(try await ClientBootstrap(group: group).connect(to: address).get())
            }
            try await body(FullBacklog(port: try #require(address.port)))
        } catch {
            for channel in channels { try? await channel.close() }
            throw error
        }
        for channel in channels { try? await channel.close() }
    }

    /// Sockets of this machine that still wait for the listening one to answer.
    func waiting() throws -> Int {
        let table = try String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)
        let port = String(format: "%04X", self.port)
        return table.split(separator: "\n").count { line in
            let fields = line.split(separator: " ")
            return fields.count > 3 && fields[2].hasSuffix(":\(port)") && fields[3] == "02"
        }
    }
}
