import AsyncSMTP
import SMTPTestServer
import Testing

extension SMTPTestServer {
    /// Sends letters here with one call, and checks that what is reported agrees with what is stored.
    ///
    /// - Returns: What became of each.
    @discardableResult
    func carry(
        _ letters: [NumberedLetter],
        usesChunking: Bool,
        flavour: AsyncSMTP.Flavour = .smtp,
        pool: PoolConfiguration = PoolConfiguration(maximumConnections: 1, backOff: nil),
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> [Result<SendReceipt, SMTPError>] {
        var configuration = try Loopback.configuration()
        configuration.sending.usesChunking = usesChunking
        let results = try await SMTPClient.withClient(
            try Loopback.place(of: self, flavour: flavour),
            configuration: configuration,
            pool: pool
        ) { await $0.sendTogether(letters) }
        try await self.waitForSessionsClosed(self.sessions.count)
        #expect(results.count == letters.count, sourceLocation: sourceLocation)
        let reckoning = Reckoning(self.messages)
        for (letter, result) in zip(letters, results) {
            let contradictions = reckoning.contradictions(result, of: letter)
            #expect(contradictions == [], sourceLocation: sourceLocation)
        }
        return results
    }
}

extension [Result<SendReceipt, SMTPError>] {
    /// Whether every recipient of every message was accepted.
    var areAccepted: Bool {
        self.allSatisfy { result in
            (try? result.get())?.recipients.allSatisfy { $0.disposition == .accepted } ?? false
        }
    }

    /// Errors, in the places of the messages.
    var errors: [SMTPError?] {
        self.map { result in
            if case .failure(let error) = result { return error }
            return nil
        }
    }
}
