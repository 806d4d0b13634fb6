#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An AUTH exchange seen from the server (RFC 4954 section 4): the lines of it; what they say is the matter of
/// a ``ServerMechanism``.
struct AuthExchange {
    /// Where the exchange stands.
    enum Status: Equatable {
        /// The next challenge, in base64, is due.
        case challenge(String)
        /// The client is authenticated.
        case succeeded
        /// What the client said is wrong.
        case failed
        /// The last line was not base64, or not what the mechanism asks for.
        case malformed
        /// The client sent `*`.
        case cancelled
        /// OpenSSL does not offer what the mechanism is made of.
        case unavailable
        /// The mechanism is one that only a script can speak.
        case unknown
    }

    /// The name of the mechanism in upper case.
    let name: String
    private(set) var status = Status.unknown
    private var mechanism: (any ServerMechanism)?

    /// The name that the client gave, whether it was proved or not.
    var user: String? { self.mechanism?.user }
    /// The identity that the client wants to act as; nil when it named none.
    var authorizationIdentity: String? { self.mechanism?.authorizationIdentity }

    /// - Parameter argument: The argument of AUTH: a mechanism and perhaps an initial response.
    init(argument: String, context: AuthenticationContext) {
        let parts = argument.split(separator: " ", maxSplits: 1)
        self.name = parts.first?.uppercased() ?? ""
        self.mechanism = context.mechanism(self.name)
        if parts.count > 1 {
            self.respond(parts[1] == "=" ? "" : String(parts[1]))
        } else {
            self.step(nil)
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
        self.step(octets)
    }

    private mutating func step(_ response: [UInt8]?) {
        do {
            switch try self.mechanism?.step(response) {
            case .challenge(let octets): self.status = .challenge(Data(octets).base64EncodedString())
            case .success: self.status = .succeeded
            case .failure: self.status = .failed
            case .malformed: self.status = .malformed
            case nil: self.status = .unknown
            }
        } catch {
            self.status = .unavailable
        }
    }
}
