internal import NIOConcurrencyHelpers
internal import NIOOpenSSL
internal import SMTPCore
internal import Tracing

/// The spans of a client, and those of connections that are being opened.
final class ClientSpans: Sendable {
    private let tracer: any Tracer
    private let includesAddresses: Bool
    private let opening = NIOLockedValueBox<[UInt64: any Span]>([:])

    init(tracer: any Tracer, includesAddresses: Bool) {
        self.tracer = tracer
        self.includesAddresses = includesAddresses
    }

    /// Starts a span for something done with `server`, inside the span of the current task.
    func start(_ name: String, server: SMTPServer) -> any Span {
        let span: any Span = self.tracer.startSpan(name, ofKind: .client)
        span.updateAttributes { attributes in
            attributes["network.protocol.name"] = server.flavour.rawValue
            switch server.endpoint {
            case .host(let host, let port):
                attributes["server.address"] = host
                attributes["server.port"] = port
                attributes["network.transport"] = "tcp"
            case .unixSocket(let path):
                attributes["server.address"] = path
                attributes["network.transport"] = "unix"
            case .connectedSocket: break
            }
        }
        return span
    }

    func connectionOpening(id: UInt64, server: SMTPServer) {
        let span = self.start("connect", server: server)
        span.attributes["smtp.connection"] = String(id)
        self.opening.withLockedValue { $0[id] = span }
    }

    func connectionOpened(id: UInt64, tls: TLSSession?, peerAddress: String?) {
        guard let span = self.opening.withLockedValue({ $0.removeValue(forKey: id) }) else { return }
        span.updateAttributes { attributes in
            if let peerAddress { attributes["network.peer.address"] = peerAddress }
            if let tls {
                attributes["tls.protocol.version"] = Self.number(of: tls.version)
                attributes["tls.cipher"] = tls.cipher
                attributes["tls.resumed"] = tls.isResumed
            }
        }
        span.end()
    }

    func connectionFailed(id: UInt64, error: SMTPError) {
        guard let span = self.opening.withLockedValue({ $0.removeValue(forKey: id) }) else { return }
        self.fail(span, error)
        span.end()
    }

    /// Ends the span of a connection that was dropped before it was ready or failed.
    func connectionClosed(id: UInt64) {
        self.opening.withLockedValue { $0.removeValue(forKey: id) }?.end()
    }

    func succeed(_ span: any Span, _ receipt: SendReceipt) {
        let counts = RecipientCounts(receipt.recipients)
        span.updateAttributes { attributes in
            attributes["smtp.acceptance"] = Outcome(counts).rawValue
            attributes["smtp.recipients.refused"] = counts.refused
            attributes["smtp.response.status_code"] = receipt.finalReply.code.value
            if let status = receipt.finalReply.enhancedStatus {
                attributes["smtp.response.enhanced_status"] = "\(status)"
            }
            if self.includesAddresses { attributes["smtp.response.text"] = "\(receipt.finalReply)" }
        }
    }

    /// Marks a span as failed; the text of the error, which may hold addresses, only where it is asked for.
    func fail(_ span: any Span, _ error: SMTPError) {
        span.updateAttributes { attributes in
            attributes["error.type"] = error.code.description
            attributes["smtp.stage"] = error.stage.rawValue
            if let reply = error.reply {
                attributes["smtp.response.status_code"] = reply.code.value
                if let status = reply.enhancedStatus {
                    attributes["smtp.response.enhanced_status"] = "\(status)"
                }
            }
        }
        span.setStatus(
            SpanStatus(code: .error, message: self.includesAddresses ? error.description : nil)
        )
    }

    /// Marks the span of a message that was not reported as sent.
    func failSend(_ span: any Span, _ error: SMTPError) {
        self.fail(span, error)
        span.updateAttributes { attributes in
            attributes["smtp.acceptance"] = Outcome(error.acceptance).rawValue
            attributes["smtp.recipients.refused"] = RecipientCounts(error.recipients).refused
        }
    }

    /// The version without the name of the protocol, as OpenTelemetry writes it.
    private static func number(of version: TLSVersion) -> String {
        String(version.description.split(separator: " ").last ?? "")
    }
}
