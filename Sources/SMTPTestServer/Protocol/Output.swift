import NIOCore

/// What the state machine wants done.
enum Output: Sendable {
    /// Write these octets.
    case write([UInt8])
    /// Tell the records.
    case note(SessionFact)
    /// Flush, then call `resume` when the gate opens; always the last output of a batch.
    case hold(SMTPTestServer.Gate)
    /// Flush, then show the message to `Configuration.onMessage`, and call `resume(refusal:)` with what it says; always
    /// the last output of a batch.
    case offer(SMTPTestServer.ReceivedMessage)
    /// Do not read before the gate opens.
    case stopReading(SMTPTestServer.Gate)
    /// Flush, then speak TLS, beginning with what the client has sent already; always the last output of a
    /// batch.
    case startTLS(ByteBuffer)
    /// Flush, then write these octets below TLS.
    case writeInClear([UInt8])
    /// Flush, then close the write side.
    case close
    /// Flush, then close the write side below TLS, which says nothing of it.
    case truncate
    /// Flush, then close with RST.
    case reset
}
