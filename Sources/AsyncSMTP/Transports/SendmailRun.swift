#if canImport(Subprocess)
internal import NIOCore
internal import NIOFileSystem
internal import SMTPCore
internal import Subprocess

/// One run of a program that takes a message on its standard input.
struct SendmailRun: Sendable {
    /// Octets of the standard error that are kept.
    static let maximumDiagnostics = 16 * 1024

    /// What was seen of the program.
    private struct Observation: Sendable {
        /// Octets of content, every line end counted as CRLF; nil where not all of it was written.
        var octets: UInt64?
        /// What the program had to say.
        var diagnostics: [UInt8] = []
    }

    let path: String
    let arguments: [String]
    /// Time the program has; nil for any.
    let timeLimit: Duration?
    let supervision: SendmailSupervision

    /// Runs the program with a message.
    ///
    /// - Returns: Octets of content, every line end counted as CRLF.
    /// - Throws: ``SMTPError`` as ``SendmailTransport/send(_:options:)`` says.
    @concurrent
    func carry(_ delivery: LocalDelivery) async throws(SMTPError) -> UInt64 {
        try LocalDelivery.checkCancellation()
        let content = try await SendmailContent(delivery)
        // Not cancelled with the caller: the program gets all of the message, or is killed.
        Task {
            let outcome: SendmailSupervision.Outcome
            do throws(SMTPError) {
                outcome = .success(try await self.run(content, recipientCount: delivery.recipients.count))
            } catch {
                outcome = .failure(error)
            }
            await content.close()
            self.supervision.finish(outcome)
        }
        let timer = self.timeLimit.map { limit in
            Task {
                try await Task.sleep(for: limit)
                self.supervision.stop(.timedOut(limit))
            }
        }
        let outcome = await withTaskCancellationHandler {
            await self.supervision.outcome()
        } onCancel: {
            self.supervision.stop(.cancelled)
        }
        timer?.cancel()
        return try outcome.get()
    }

    private func run(_ content: SendmailContent, recipientCount: Int) async throws(SMTPError) -> UInt64 {
        var options = PlatformOptions()
        // A group of its own, so that what it starts ends with it.
        options.processGroupID = 0
        let configuration = Configuration(
            executable: .path(FilePath(self.path)),
            arguments: Arguments(self.arguments),
            platformOptions: options
        )
        let observation: Observation
        let status: TerminationStatus
        do {
            let result = try await Subprocess.run(
                configuration,
                input: .inputWriter,
                output: .discarded,
                error: .sequence
            ) { execution in
                self.supervision.begin(execution.processIdentifier.value)
                async let diagnostics = Self.diagnostics(execution.standardError)
                let octets = await self.feed(content, to: execution.standardInputWriter)
                try? await execution.standardInputWriter.finish()
                return Observation(octets: octets, diagnostics: await diagnostics)
            }
            (observation, status) = (result.closureResult, result.terminationStatus)
        } catch {
            throw self.error(running: error)
        }
        return try self.verdict(status, observation, recipientCount: recipientCount)
    }

    /// Writes the content.
    ///
    /// - Returns: Octets of content, every line end counted as CRLF; nil where the program did not take all of it.
    private func feed(_ content: SendmailContent, to writer: StandardInputWriter) async -> UInt64? {
        do throws(SMTPError) {
            let octets = try await content.read { piece in
                guard !self.supervision.isKilled else { return false }
                return await (try? writer.write(Array(piece.readableBytesView))) == piece.readableBytes
            }
            // From the end of its input on the program may have taken it.
            if octets != nil { self.supervision.complete() }
            return octets
        } catch {
            // Before its input ends: half a message must not look whole.
            self.supervision.stop(.contentFailed(error))
            return nil
        }
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

    /// What is known about the message where the program says nothing.
    private var acceptance: Acceptance { self.supervision.isComplete ? .unknown : .notAccepted }

    private func error(running error: any Error) -> SMTPError {
        if let ending = self.supervision.ending { return ending.error(self.acceptance) }
        return SMTPError(
            .transportFailed,
            "the program could not be run: \(PrintableText.escape("\(error)"))",
            stage: .connect,
            underlying: error,
            acceptance: self.acceptance
        )
    }

    private func verdict(
        _ status: TerminationStatus,
        _ observation: Observation,
        recipientCount: Int
    ) throws(SMTPError) -> UInt64 {
        let said = observation.diagnostics.isEmpty ? "" : ": " + Self.printable(observation.diagnostics)
        guard case .exited(let code) = status else {
            if let ending = self.supervision.ending { throw ending.error(self.acceptance, said) }
            throw Self.error(.transportFailed, "the program was killed by a signal\(said)", self.acceptance)
        }
        if code == 0 {
            guard let octets = observation.octets else {
                let message = "the program ended with success, but did not read the whole message\(said)"
                throw Self.error(.transportFailed, message, .unknown)
            }
            return octets
        }
        let exit = SendmailExit(
            code: code,
            isComplete: self.supervision.isComplete,
            recipientCount: recipientCount
        )
        throw Self.error(
            exit?.code ?? .transportFailed,
            "the program ended with status \(code)\(exit.map { " (\($0.name))" } ?? "")\(said)",
            exit?.acceptance ?? self.acceptance
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
