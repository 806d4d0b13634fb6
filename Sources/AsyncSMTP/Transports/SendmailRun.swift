#if canImport(Subprocess)
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import NIOFileSystem
internal import SMTPCore
internal import Subprocess

/// One run of a program that takes a message on its standard input.
struct SendmailRun: Sendable {
    /// Octets of the standard error that are kept.
    static let maximumDiagnostics = 16 * 1024

    /// How the program took the content.
    private struct Feeding: Sendable {
        /// Octets of content, every line end counted as CRLF.
        var octets: UInt64 = 0
        /// Whether all of it was written.
        var isComplete = false
        /// Why not, where it is not the program's doing.
        var error: SMTPError?
        /// What the program had to say.
        var diagnostics: [UInt8] = []
    }

    let path: String
    let arguments: [String]

    /// Runs the program with a message.
    ///
    /// - Returns: Octets of content, every line end counted as CRLF.
    /// - Throws: ``SMTPError`` as ``SendmailTransport/send(_:options:)`` says.
    @concurrent
    func carry(_ delivery: LocalDelivery) async throws(SMTPError) -> UInt64 {
        try LocalDelivery.checkCancellation()
        var options = PlatformOptions()
        // A group of its own, so that what it starts ends with it.
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)
        ]
        let configuration = Configuration(
            executable: .path(FilePath(self.path)),
            arguments: Arguments(self.arguments),
            platformOptions: options
        )
        let isComplete = NIOLockedValueBox(false)
        let feeding: Feeding
        let status: TerminationStatus
        do {
            let result = try await Subprocess.run(
                configuration,
                input: .inputWriter,
                output: .discarded,
                error: .sequence
            ) { execution in
                async let diagnostics = Self.diagnostics(execution.standardError)
                var feeding = await Self.feed(delivery, to: execution.standardInputWriter)
                if feeding.error != nil {
                    // Before its input ends: half a message must not look whole.
                    try? execution.send(signal: .kill, toProcessGroup: true)
                }
                // From the end of its input on the program may have taken it.
                isComplete.withLockedValue { [isFed = feeding.isComplete] in $0 = isFed }
                try? await execution.standardInputWriter.finish()
                feeding.diagnostics = await diagnostics
                return feeding
            }
            (feeding, status) = (result.closureResult, result.terminationStatus)
        } catch {
            let acceptance: Acceptance = isComplete.withLockedValue { $0 } ? .unknown : .notAccepted
            throw Self.error(running: error, acceptance)
        }
        if let error = feeding.error { throw error }
        return try self.verdict(status, feeding)
    }

    private static func feed(_ delivery: LocalDelivery, to writer: StandardInputWriter) async -> Feeding {
        var feeding = Feeding()
        let content: LocalContent
        do throws(SMTPError) {
            content = try LocalContent(delivery, lineEnd: .lf)
        } catch {
            feeding.error = error
            return feeding
        }
        do throws(SMTPError) {
            feeding.isComplete = try await Self.copy(content, to: writer)
            feeding.octets = content.octets
        } catch {
            feeding.error = error
        }
        await content.close()
        return feeding
    }

    /// Whether the program took everything.
    private static func copy(
        _ content: LocalContent,
        to writer: StandardInputWriter
    ) async throws(SMTPError) -> Bool {
        while let piece = try await content.next() {
            let count = try? await writer.write(Array(piece.readableBytesView))
            try LocalDelivery.checkCancellation()
            guard count == piece.readableBytes else { return false }
        }
        return true
    }

    /// The first octets of the standard error; the rest is read so that the program can go on.
    private static func diagnostics(_ sequence: SubprocessOutputSequence) async -> [UInt8] {
        var result: [UInt8] = []
        do {
            for try await buffer in sequence {
                let rest = Self.maximumDiagnostics - result.count
                guard rest > 0 else { continue }
                result += Self.octets(of: buffer.bytes, at: rest)
            }
        } catch {
            // The exit status decides; what was read explains it.
        }
        return result
    }

    private static func octets(of bytes: RawSpan, at limit: Int) -> [UInt8] {
        var buffer = ByteBuffer()
        buffer.writeBytes(bytes.extracting(first: limit))
        return Array(buffer.readableBytesView)
    }

    private static func error(running error: any Error, _ acceptance: Acceptance) -> SMTPError {
        if Task.isCancelled { return Self.cancelled(acceptance) }
        return SMTPError(
            .transportFailed,
            "the program could not be run: \(PrintableText.escape("\(error)"))",
            stage: .connect,
            underlying: error,
            acceptance: acceptance
        )
    }

    private static func cancelled(_ acceptance: Acceptance) -> SMTPError {
        SMTPError(ConnectionFailure.cancelled, stage: .content, acceptance: acceptance)
    }

    private func verdict(_ status: TerminationStatus, _ feeding: Feeding) throws(SMTPError) -> UInt64 {
        let said = feeding.diagnostics.isEmpty ? "" : ": " + Self.printable(feeding.diagnostics)
        guard case .exited(let code) = status else {
            if Task.isCancelled { throw Self.cancelled(feeding.isComplete ? .unknown : .notAccepted) }
            let message = "the program was killed by a signal\(said)"
            throw Self.error(.transportFailed, message, feeding.isComplete ? .unknown : .notAccepted)
        }
        if code == 0 {
            guard feeding.isComplete else {
                let message = "the program ended with success, but did not read the whole message\(said)"
                throw Self.error(.transportFailed, message, .unknown)
            }
            return feeding.octets
        }
        let exit = SendmailExit(code: code)
        throw Self.error(
            exit?.code ?? .transportFailed,
            "the program ended with status \(code)\(exit.map { " (\($0.name))" } ?? "")\(said)",
            exit?.acceptance ?? (feeding.isComplete ? .unknown : .notAccepted)
        )
    }

    private static func printable(_ octets: [UInt8]) -> String {
        PrintableText.escape(octets, limit: Self.maximumDiagnostics)
    }

    private static func error(_ code: SMTPError.Code, _ message: String, _ acceptance: Acceptance)
        -> SMTPError
    {
        SMTPError(code, message, stage: .finalReply, acceptance: acceptance)
    }
}
#endif
