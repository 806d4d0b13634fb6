import Foundation
import InMemoryLogging
import InMemoryTracing
import Logging
import MetricsTestKit
import SMTPCore
import Testing
import Tracing

@testable import AsyncSMTP

@Suite("Observability: events")
struct ObserverTests {
    private let recording = Recording()

    private func observer(includesAddresses: Bool = false) throws -> Observer {
        let settings = self.recording.settings(includesAddresses: includesAddresses)
        return Observer(settings, server: try Marked.server())
    }

    @Test("each event has its level, message, metadata and metrics", arguments: ObserverEvent.all)
    func event(_ event: ObserverEvent) throws {
        try event.tell(self.observer())
        let entries = self.recording.log.entries
        #expect(entries.count == (event.log == nil ? 0 : 1))
        if let expected = event.log {
            let entry = try #require(entries.first)
            #expect(entry.level == expected.level)
            #expect("\(entry.message)" == expected.message)
            var metadata = entry.metadata.mapValues { "\($0)" }
            #expect(metadata.removeValue(forKey: "smtp.server") == "smtps://relay.example.org:465")
            #expect(metadata == event.metadata)
        }
        #expect(self.recording.metricNames == event.metrics)
    }

    @Test(
        "S-I1 no address and no text of a peer is told unless asked for",
        arguments: ObserverEvent.all
    )
    func redaction(_ event: ObserverEvent) throws {
        try event.tell(self.observer())
        let everything = self.recording.everything
        #expect(!everything.contains(Marked.word))
        #expect(!everything.contains("@"))
    }

    @Test(
        "texts, recipients and the Message-ID are told when asked for",
        arguments: ObserverEvent.all.filter { $0.metadata["smtp.reply_code"] != nil }
    )
    func texts(_ event: ObserverEvent) throws {
        try event.tell(self.observer(includesAddresses: true))
        let entry = try #require(self.recording.log.entries.first)
        #expect("\(entry.metadata["smtp.text"] ?? "")".contains(Marked.word))
        let isReceipt = event.metadata["smtp.bytes"] != nil
        #expect((entry.metadata["smtp.message_id"] == "marker-id@client.example") == isReceipt)
        if event.metadata["smtp.acceptance"] == "partly", isReceipt {
            guard case .array(let refused) = entry.metadata["smtp.refused"] else {
                Issue.record("no list of refused recipients")
                return
            }
            #expect(refused.count == 3)
            #expect("\(refused[0])".contains("marker1@server.example"))
        }
    }

    @Test("nothing is told when everything is off", arguments: ObserverEvent.all)
    func off(_ event: ObserverEvent) throws {
        let observer = Observer(Observability(), server: try Marked.server())
        try event.tell(observer)
        #expect(self.recording.everything.isEmpty)
    }

    @Test("each backend works without the others", arguments: ObserverEvent.all)
    func alone(_ event: ObserverEvent) throws {
        var settings = Observability()
        settings.logger = self.recording.settings().logger
        try event.tell(Observer(settings, server: Marked.server()))
        #expect(self.recording.log.entries.count == (event.log == nil ? 0 : 1))
        #expect(self.recording.metricNames.isEmpty)
        settings.logger = nil
        settings.metrics = self.recording.metrics
        try event.tell(Observer(settings, server: Marked.server()))
        #expect(self.recording.log.entries.count == (event.log == nil ? 0 : 1))
        #expect(self.recording.metricNames == event.metrics)
        #expect(self.recording.tracer.finishedSpans.isEmpty)
        #expect(self.recording.tracer.activeSpans.isEmpty)
    }

    @Test("events below the logger's level cost no metadata and are not told")
    func level() throws {
        var settings = self.recording.settings()
        settings.logger?.logLevel = .warning
        let observer = Observer(settings, server: try Marked.server())
        for event in ObserverEvent.all { try event.tell(observer) }
        let levels = Set(self.recording.log.entries.map(\.level))
        #expect(levels == [.warning, .error])
    }

    @Test("metrics are made once")
    func reuse() throws {
        let observer = try self.observer()
        for event in ObserverEvent.all { try event.tell(observer) }
        let made = self.counts
        let other = observer.observing(try Marked.server("other.example.org"))
        for event in ObserverEvent.all {
            try event.tell(observer)
            try event.tell(other)
        }
        #expect(self.counts == made)
        #expect(self.recording.total("smtp_client.sent.bytes") == 6 * 4321)
        let accepted = self.recording.metrics.counterTotal(
            label: "smtp_client.sends",
            dimensions: [("relay", "primary"), ("outcome", "accepted"), ("stage", "finalReply")]
        )
        #expect(accepted == 3)
    }

    private var counts: [Int] {
        [
            self.recording.metrics.counters.count, self.recording.metrics.recorders.count,
            self.recording.metrics.timers.count,
        ]
    }

    @Test("values have the documented units")
    func values() throws {
        let observer = try self.observer()
        let labels = [("relay", "primary")]
        let metrics = self.recording.metrics
        observer.poolChanged(open: 4, idle: 3, waiting: 2, inFlight: 1)
        #expect(try metrics.expectRecorder("smtp_client.connections.open", labels).values == [4])
        #expect(try metrics.expectRecorder("smtp_client.connections.idle", labels).values == [3])
        #expect(try metrics.expectRecorder("smtp_client.sends.waiting", labels).values == [2])
        #expect(try metrics.expectRecorder("smtp_client.sends.in_flight", labels).values == [1])
        observer.waitEnded(duration: .microseconds(3))
        observer.waitEnded(duration: .seconds(Int64.max))
        #expect(try metrics.expectTimer("smtp_client.wait.duration", labels).values == [3000, .max])
        observer.sendEnded(receipt: try Marked.receipt([.accepted, .refusedPermanently]), attempts: 1)
        #expect(try metrics.expectTimer("smtp_client.send.duration", labels).values == [60_000_000])
        #expect(self.recording.total("smtp_client.recipients.accepted") == 1)
        #expect(self.recording.total("smtp_client.recipients.refused") == 1)
        observer.movedToNewConnection(count: 3)
        #expect(self.recording.total("smtp_client.messages.moved") == 3)
    }

    @Test(
        "a queue identifier is told where it cannot be an address or a phrase",
        arguments: [
            ("4BX9zR0Qk2z1", true), ("1rXyZ-0004Fv-2S", true), ("marker@server.example", false),
            ("0123/marker", false), (String(repeating: "1", count: 65), false),
        ]
    )
    func queueIdentifier(text: String, isTold: Bool) throws {
        let observer = try self.observer()
        observer.sendEnded(receipt: try Marked.receipt(queued: text), attempts: 1)
        let entry = try #require(self.recording.log.entries.first)
        #expect(entry.metadata["smtp.queue_id"].map { "\($0)" } == (isTold ? text : nil))
    }

    @Test("another server of the client is named in its own events")
    func otherServer() throws {
        let observer = try self.observer()
        let other = observer.observing(try Marked.server("other.example.org"))
        other.clientShutDown()
        observer.clientShutDown()
        let servers = self.recording.log.entries.map { "\($0.metadata["smtp.server"] ?? "")" }
        #expect(servers == ["smtps://other.example.org:465", "smtps://relay.example.org:465"])
    }

    @Test("every name stands in the documentation", arguments: [false, true])
    func documentation(includesAddresses: Bool) async throws {
        let observer = try self.observer(includesAddresses: includesAddresses)
        observer.connectionOpening(id: 9)
        for event in ObserverEvent.all { try event.tell(observer) }
        let receipt = try Marked.receipt()
        _ = try await observer.withSendSpan(recipients: 1, size: 1) { receipt }
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Docs/Observability.md")
        let text = try String(contentsOf: file.standardizedFileURL, encoding: .utf8)
        var names: Set<String> = ["send", "connect"]
        for entry in self.recording.log.entries {
            names.insert("\(entry.message)")
            names.formUnion(entry.metadata.keys)
        }
        names.formUnion(self.recording.metrics.counters.map(\.label))
        names.formUnion(self.recording.metrics.recorders.map(\.label))
        names.formUnion(self.recording.metrics.timers.map(\.label))
        for span in self.recording.tracer.finishedSpans { names.formUnion(span.values.keys) }
        for name in names { #expect(text.contains("`\(name)`"), "\(name)") }
    }
}
