extension AuthenticationPolicy {
    /// What is known of the connection.
    package struct Environment: Sendable {
        /// Whether a secret may be said: TLS with a verified server, a Unix socket, or leave of the caller.
        package var allowsRevealing: Bool
        /// Whether nobody on the way can listen.
        package var isEncrypted: Bool
        /// Channel bindings that the connection has.
        package var bindings: [ChannelBinding]
        /// Name of the server, for OAUTHBEARER.
        package var host: String?
        /// Port of the server, for OAUTHBEARER.
        package var port: Int?

        /// Describes a connection.
        package init(
            allowsRevealing: Bool,
            isEncrypted: Bool,
            bindings: [ChannelBinding] = [],
            host: String? = nil,
            port: Int? = nil
        ) {
            self.allowsRevealing = allowsRevealing
            self.isEncrypted = isEncrypted
            self.bindings = bindings
            self.host = host
            self.port = port
        }
    }

    /// Mechanisms to try, one after another.
    package struct Choice: Sendable {
        /// Why there is nothing to try.
        package enum Refusal: Sendable, Hashable {
            /// The server offers no mechanism.
            case nothingOffered
            /// It offers none that the policy allows and the credentials, or the connection, fit.
            case nothingFits
            /// It offers some, but none that may be used without encryption.
            case needsEncryption
        }

        /// What to try, the preferred first.
        package let candidates: [Candidate]
        /// Why ``candidates`` is empty; nil when it is not.
        package let refusal: Refusal?
    }

    /// The mechanisms that are offered and allowed, and that fit the credentials.
    ///
    /// - Parameter offered: Names from the last EHLO of this connection; case does not matter.
    package func candidates(
        offered: [String],
        credentials: Credentials,
        environment: Environment
    ) -> Choice {
        guard !offered.isEmpty else { return Choice(candidates: [], refusal: .nothingOffered) }
        let offered = Set(offered.map { $0.uppercased() })
        var seen: Set<String> = []
        var candidates: [Candidate] = []
        var wantsEncryption = false
        for name in self.mechanisms.map({ $0.uppercased() }) where seen.insert(name).inserted {
            guard offered.contains(name),
                let plan = self.plan(
                    name,
                    offered: offered,
                    credentials: credentials,
                    environment: environment
                )
            else { continue }
            guard environment.isEncrypted || !self.requiresEncryption,
                environment.allowsRevealing || !plan.revealsSecret
            else {
                wantsEncryption = true
                continue
            }
            candidates.append(
                Candidate(
                    name: name,
                    plan: plan,
                    credentials: credentials,
                    iterations: self.iterations,
                    host: environment.host,
                    port: environment.port
                )
            )
        }
        let refusal: Choice.Refusal? =
            !candidates.isEmpty ? nil : wantsEncryption ? .needsEncryption : .nothingFits
        return Choice(candidates: candidates, refusal: refusal)
    }

    /// How to carry out a mechanism; nil for one that is unknown or does not fit.
    private func plan(
        _ name: String,
        offered: Set<String>,
        credentials: Credentials,
        environment: Environment
    ) -> Candidate.Plan? {
        switch (credentials.proof, name) {
        case (.password, "PLAIN"): return .plain
        case (.password, "LOGIN"): return credentials.authorizationIdentity.isEmpty ? .login : nil
        case (.password, "CRAM-MD5"): return credentials.authorizationIdentity.isEmpty ? .cramMD5 : nil
        case (.token, "XOAUTH2"): return .xoauth2
        case (.token, "OAUTHBEARER"): return .oauthBearer
        case (.external, "EXTERNAL"): return .external
        case (.anonymous, "ANONYMOUS"): return .anonymous
        case (.password, _):
            return self.scram(name, offered: offered, bindings: environment.bindings)
        default:
            return nil
        }
    }

    private func scram(_ name: String, offered: Set<String>, bindings: [ChannelBinding]) -> Candidate.Plan? {
        let binding = self.channelBindings.lazy.compactMap { kind in
            bindings.first { $0.kind == kind && !$0.data.isEmpty }
        }.first
        for hash in SCRAM.Hash.allCases {
            switch name {
            case "SCRAM-\(hash.rawValue)-PLUS":
                return binding.map { .scram(hash, .bound($0)) }
            case "SCRAM-\(hash.rawValue)":
                // `y` claims that the server offers no binding; one that does would have to take it for an attack.
                let offersBinding = offered.contains { $0.hasPrefix("SCRAM-") && $0.hasSuffix("-PLUS") }
                return .scram(hash, binding == nil || offersBinding ? .unsupported : .notOffered)
            default: continue
            }
        }
        return nil
    }
}
