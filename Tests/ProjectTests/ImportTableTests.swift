import Foundation
import Testing

/// Modules know only what lies below them (`Docs/Architecture.md`, "Modules").
@Suite("Import table")
struct ImportTableTests {
    /// What each target may import besides the standard library.
    static let table: [String: Set<String>] = [
        "MailAddress": ["Foundation"],
        "TransferEncoding": [],
        "SMTPCore": ["MailAddress", "TransferEncoding", "NIOCore"],
        "MailMessage": [
            "MailAddress", "SMTPCore", "TransferEncoding", "NIOCore", "NIOConcurrencyHelpers",
            "NIOFileSystem", "Glibc",
            "Musl", "Darwin",
        ],
        "COpenSSL": [],
        "COpenSSLShims": [],
        "OpenSSLCrypto": ["COpenSSL", "COpenSSLShims", "NIOConcurrencyHelpers", "Dispatch"],
        "NIOOpenSSL": ["OpenSSLCrypto", "COpenSSL", "COpenSSLShims", "NIOCore", "NIOConcurrencyHelpers"],
        "SASL": ["OpenSSLCrypto", "TransferEncoding", "NIOConcurrencyHelpers", "Foundation"],
        "DKIM": ["OpenSSLCrypto", "TransferEncoding", "MailAddress", "NIOCore"],
        "AsyncSMTP": [
            "SMTPCore", "SASL", "MailAddress", "MailMessage", "DKIM", "NIOOpenSSL", "OpenSSLCrypto",
            "TransferEncoding", "NIOCore",
            "NIOPosix", "NIOConcurrencyHelpers", "NIOFileSystem",
            "DequeModule", "Subprocess", "Logging", "CoreMetrics", "Tracing", "ServiceLifecycle",
            "Foundation", "Glibc",
            "Musl",
            "Darwin",
        ],
        "smtp": [
            "AsyncSMTP", "SMTPTestServer", "ArgumentParser", "CoreMetrics", "NIOCore", "Foundation",
            "Dispatch",
            "Synchronization", "Glibc", "Musl", "Darwin",
        ],
        "SMTPTestServer": [
            "NIOOpenSSL", "OpenSSLCrypto", "NIOCore", "NIOPosix", "NIOConcurrencyHelpers", "Foundation",
            "FoundationEssentials", "Glibc", "Musl", "Darwin",
        ],
    ]

    @Test("every target of the package stands in the table")
    func tableIsComplete() throws {
        let targets = try FileManager.default.contentsOfDirectory(
            atPath: Project.root.appending(path: "Sources").path()
        )
        #expect(Set(targets) == Set(Self.table.keys))
    }

    @Test("a target imports only what the table allows", arguments: table.keys.sorted())
    func imports(of target: String) throws {
        let allowed = try #require(Self.table[target])
        let files = Project.files(below: "Sources/\(target)", extension: "swift")
        #expect(!files.isEmpty || target.hasPrefix("COpenSSL"))
        for file in files {
            for line in try Project.lines(of: file) {
                guard let match = line.firstMatch(of: /^(?:@\w+ |public |package |internal )*import (\w+)/)
                else {
                    continue
                }
                #expect(allowed.contains(String(match.1)), "\(file.lastPathComponent): \(line)")
            }
        }
    }

    @Test(
        "only the file that needs IDNA or Unicode's normal forms imports Foundation",
        arguments: ["MailAddress", "SASL"]
    )
    func foundation(of target: String) throws {
        let importing = try Project.files(below: "Sources/\(target)", extension: "swift").filter {
            try Project.lines(of: $0).contains { $0.hasSuffix("import Foundation") }
        }
        #expect(importing.count == 1)
    }
}
