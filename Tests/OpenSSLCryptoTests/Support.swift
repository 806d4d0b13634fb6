import OpenSSLCrypto

func hexadecimal(_ octets: [UInt8]) -> String {
    octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

func octets(_ text: String) -> [UInt8] { Array(text.utf8) }

/// Carries out `body` in a task that is cancelled from its beginning.
func cancelled<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value? {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.cancelAll()
        group.addTask { try await body() }
        return try await group.next()
    }
}
