import InMemoryTracing
import SMTPCore
import Testing
import Tracing

@testable import AsyncSMTP

@Suite("Observability: spans")
struct SpanTests {
    private let recording = Recording()

    private func observer(
        _ server: SMTPServer? = nil,
        includesAddresses: Bool = false
    ) throws -> Observer {
        let settings = self.recording.settings(includesAddresses: includesAddresses)
        return Observer(settings, server: try server ?? Marked.server())
    }

    private func span() throws -> FinishedInMemorySpan {
        #expect(self.recording.tracer.activeSpans.isEmpty)
        #expect(self.recording.tracer.finishedSpans.count == 1)
        return try #require(self.recording.tracer.finishedSpans.first)
    }

    private static let place = [
        "server.address": "relay.example.org", "server.port": "465", "network.transport": "tcp",
        "network.protocol.name": "smtp",
    ]

    @Test("a message that was accepted", arguments: [false, true])
    func accepted(includesAddresses: Bool) async throws {
        let observer = try self.observer(includesAddresses: includesAddresses)
        let receipt = try Marked.receipt([.accepted, .refusedPermanently])
        _ = try await observer.withSendSpan(recipients: 2, size: 4321) { receipt }
        let span = try self.span()
        #expect(span.operationName == "send")
        #expect(span.kind == .client)
        #expect(span.status == nil)
        var expected = Self.place
        expected["smtp.recipients.count"] = "2"
        expected["smtp.recipients.refused"] = "1"
        expected["messaging.message.body.size"] = "4321"
        expected["smtp.acceptance"] = "partly"
        expected["smtp.response.status_code"] = "250"
        expected["smtp.response.enhanced_status"] = "2.6.0"
        if includesAddresses { expected["smtp.response.text"] = "\(receipt.finalReply)" }
        #expect(span.values == expected)
        #expect(self.recording.everything.contains(Marked.word) == includesAddresses)
    }

    @Test("S-I1 a message that failed", arguments: [false, true])
    func failed(includesAddresses: Bool) async throws {
        let observer = try self.observer(includesAddresses: includesAddresses)
        let failure = try Marked.error(recipients: [.refusedPermanently])
        let error = await #expect(throws: SMTPError.self) {
            try await observer.withSendSpan(recipients: 1, size: nil) { () throws(SMTPError) in
                throw failure
            }
        }
        #expect(error?.description == failure.description)
        let span = try self.span()
        var expected = Self.place
        expected["smtp.recipients.count"] = "1"
        expected["smtp.recipients.refused"] = "1"
        expected["smtp.acceptance"] = "refused_permanently"
        expected["smtp.response.status_code"] = "554"
        expected["smtp.response.enhanced_status"] = "5.7.1"
        expected["smtp.stage"] = "finalReply"
        expected["error.type"] = "dataRefused"
        #expect(span.values == expected)
        #expect(span.status?.code == .error)
        #expect(span.status?.message == (includesAddresses ? failure.description : nil))
        #expect(span.errors.isEmpty)
        #expect(span.events.isEmpty)
        #expect(self.recording.everything.contains(Marked.word) == includesAddresses)
    }

    @Test("what a message does stands inside its span, and its span inside the caller's")
    func nesting() async throws {
        let observer = try self.observer()
        let receipt = try Marked.receipt()
        let outer = self.recording.tracer.startSpan("request")
        try await ServiceContext.$current.withValue(outer.context) {
            _ = try await observer.withSendSpan(recipients: 1, size: nil) {
                observer.connectionOpening(id: 1)
                observer.connectionOpened(id: 1, duration: .zero, tls: nil)
                return receipt
            }
        }
        outer.end()
        let spans = self.recording.tracer.finishedSpans
        #expect(spans.map(\.operationName) == ["connect", "send", "request"])
        #expect(spans[0].parentSpanID == spans[1].spanID)
        #expect(spans[1].parentSpanID == outer.spanID)
    }

    @Test("a connection that became ready")
    func opened() throws {
        let observer = try self.observer()
        observer.connectionOpening(id: 7)
        observer.connectionOpened(id: 7, duration: .zero, tls: Marked.tls, peerAddress: "192.0.2.1")
        observer.connectionClosed(id: 7, reason: "idle", messages: 0)
        let span = try self.span()
        #expect(span.operationName == "connect")
        #expect(span.kind == .client)
        var expected = Self.place
        expected["smtp.connection"] = "7"
        expected["network.peer.address"] = "192.0.2.1"
        expected["tls.protocol.version"] = "1.3"
        expected["tls.cipher"] = "TLS_AES_256_GCM_SHA384"
        expected["tls.resumed"] = "false"
        #expect(span.values == expected)
    }

    @Test("a connection that failed", arguments: [false, true])
    func connectionFailed(includesAddresses: Bool) throws {
        let observer = try self.observer(includesAddresses: includesAddresses)
        let error = try Marked.error(.helloRefused, stage: .hello, reply: 550)
        observer.connectionOpening(id: 7)
        observer.connectionFailed(id: 7, error: error, duration: .zero)
        let span = try self.span()
        var expected = Self.place
        expected["smtp.connection"] = "7"
        expected["error.type"] = "helloRefused"
        expected["smtp.stage"] = "hello"
        expected["smtp.response.status_code"] = "550"
        expected["smtp.response.enhanced_status"] = "5.7.1"
        #expect(span.values == expected)
        #expect(span.status?.code == .error)
        #expect(self.recording.everything.contains(Marked.word) == includesAddresses)
    }

    @Test("connections of different numbers have spans of their own; closing ends one that is left")
    func severalConnections() throws {
        let observer = try self.observer()
        for id in UInt64(1)...3 { observer.connectionOpening(id: id) }
        observer.connectionClosed(id: 2, reason: "shut down", messages: 0)
        observer.connectionOpened(id: 3, duration: .zero, tls: nil)
        observer.connectionFailed(id: 1, error: try Marked.error(), duration: .zero)
        observer.connectionFailed(id: 1, error: try Marked.error(), duration: .zero)
        let numbers = self.recording.tracer.finishedSpans.map { $0.values["smtp.connection"] }
        #expect(numbers == ["2", "3", "1"])
        #expect(self.recording.tracer.activeSpans.isEmpty)
    }

    @Test("a Unix socket and a socket of the caller")
    func otherTransports() throws {
        let unix = try self.observer(SMTPServer(unixSocket: "/run/lmtp", flavour: .lmtp))
        unix.connectionOpening(id: 1)
        unix.connectionOpened(id: 1, duration: .zero, tls: nil)
        let given = try self.observer(SMTPServer(connectedSocket: 99))
        given.connectionOpening(id: 2)
        given.connectionOpened(id: 2, duration: .zero, tls: nil)
        let values = self.recording.tracer.finishedSpans.map(\.values)
        #expect(
            values == [
                [
                    "server.address": "/run/lmtp", "network.transport": "unix",
                    "network.protocol.name": "lmtp", "smtp.connection": "1",
                ],
                ["network.protocol.name": "smtp", "smtp.connection": "2"],
            ]
        )
    }

    @Test("without a tracer the body runs and nothing else", arguments: [false, true])
    func off(fails: Bool) async throws {
        let observer = Observer(Observability(), server: try Marked.server())
        let failure = try Marked.error()
        let receipt = try Marked.receipt()
        do throws(SMTPError) {
            let result = try await observer.withSendSpan(recipients: 1, size: 1) { () throws(SMTPError) in
                if fails { throw failure }
                return receipt
            }
            #expect(!fails && result.octets == receipt.octets)
        } catch {
            #expect(fails && error.code == failure.code)
        }
        #expect(self.recording.everything.isEmpty)
    }

    private actor Caller {
        func send(_ observer: Observer, _ receipt: SendReceipt) async throws(SMTPError) -> SendReceipt {
            try await observer.withSendSpan(recipients: 1, size: nil) {
                self.assertIsolated()
                return receipt
            }
        }
    }

    @Test("the body runs on the caller's actor", arguments: [false, true])
    func isolation(hasTracer: Bool) async throws {
        let settings = hasTracer ? self.recording.settings() : Observability()
        let observer = Observer(settings, server: try Marked.server())
        _ = try await Caller().send(observer, Marked.receipt())
        #expect(self.recording.tracer.finishedSpans.count == (hasTracer ? 1 : 0))
    }
}
