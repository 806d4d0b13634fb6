#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An AUTH exchange seen from the server (RFC 4954 section 4): PLAIN and LOGIN; of others only the name is
/// known.
struct AuthExchange {
    /// Where the exchange stands.
    enum Status: Equatable {
        /// The next challenge, in base64, is due.
        case challenge(String)
        /// The client has said all.
        case complete
        /// The last line was not base64, or not what the mechanism asks for.
        case malformed
        /// The client sent `*`.
        case cancelled
        /// The mechanism is one that only a script can speak.
        case unknown
    }

    /// The mechanism in upper case.
    let mechanism: String
    private(set) var status = Status.unknown
    private(set) var user: String?
    private(set) var password: String?

    /// - Parameter argument: The argument of AUTH: a mechanism and perhaps an initial response.
    init(argument: String) {
        let parts = argument.split(separator: " ", maxSplits: 1)
        self.mechanism = parts.first?.uppercased() ?? ""
        if parts.count > 1 {
            self.respond(parts[1] == "=" ? "" : String(parts[1]))
        } else {
            self.status = self.nextStatus
        }
    }

    /// Takes a line of the client.
    mutating func respond(_ line: String) {
        guard line != "*" else {
            self.status = .cancelled
            return
        }
        guard let octets = Data(base64Encoded: line).map(Array.init) else {
            self.status = .malformed
            return
        }
        switch self.mechanism {
        case "PLAIN":
            let parts = octets.split(separator: 0, omittingEmptySubsequences: false)
            guard parts.count == 3 else {
                self.status = .malformed
                return
            }
            self.user = String(decoding: parts[1], as: UTF8.self)
            self.password = String(decoding: parts[2], as: UTF8.self)
        case "LOGIN" where self.user == nil:
            self.user = String(decoding: octets, as: UTF8.self)
        case "LOGIN":
            self.password = String(decoding: octets, as: UTF8.self)
        default:
            break
        }
        self.status = self.nextStatus
    }

    private var nextStatus: Status {
        switch (self.mechanism, self.user, self.password) {
        case ("PLAIN", nil, _): .challenge("")
        case ("LOGIN", nil, _): .challenge("VXNlcm5hbWU6")
        case ("LOGIN", _, nil): .challenge("UGFzc3dvcmQ6")
        case ("PLAIN", _, _), ("LOGIN", _, _): .complete
        default: .unknown
        }
    }
}
