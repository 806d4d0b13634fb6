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
        let findings = self.findings(offered: offered, credentials: credentials, environment: environment)
        let candidates = findings.compactMap { finding in
            finding.plan.map { plan in
                Candidate(
                    name: finding.verdict.mechanism,
                    plan: plan,
                    credentials: credentials,
                    iterations: self.iterations,
                    host: environment.host,
                    port: environment.port
                )
            }
        }
        let wantsEncryption = findings.contains {
            [.needsEncryption, .revealsSecret].contains($0.verdict.reason)
        }
        let refusal: Choice.Refusal? =
            !candidates.isEmpty ? nil : wantsEncryption ? .needsEncryption : .nothingFits
        return Choice(candidates: candidates, refusal: refusal)
    }

    /// What becomes of each mechanism that is allowed, the preferred first, and of those offered besides.
    ///
    /// - Parameter credentials: Nil where there are none; whatever else stands in the way is told first.
    package func verdicts(
        offered: [String],
        credentials: Credentials?,
        environment: Environment
    ) -> [MechanismVerdict] {
        var verdicts = self.findings(offered: offered, credentials: credentials, environment: environment)
            .map(\.verdict)
        var seen = Set(verdicts.map(\.mechanism))
        for name in offered.map({ $0.uppercased() }) where seen.insert(name).inserted {
            verdicts.append(MechanismVerdict(name, Mechanism(name) == nil ? .unknown : .notAllowed))
        }
        return verdicts
    }
}

extension AuthenticationPolicy {
    /// What becomes of a mechanism.
    private struct Finding {
        let verdict: MechanismVerdict
        /// How to carry it out; nil where it cannot be used.
        let plan: Candidate.Plan?
    }

    /// A mechanism of this library.
    private enum Mechanism {
        case other(Candidate.Plan)
        case scram(SCRAM.Hash, isBound: Bool)

        init?(_ name: String) {
            switch name {
            case "PLAIN": self = .other(.plain)
            case "LOGIN": self = .other(.login)
            case "CRAM-MD5": self = .other(.cramMD5)
            case "XOAUTH2": self = .other(.xoauth2)
            case "OAUTHBEARER": self = .other(.oauthBearer)
            case "EXTERNAL": self = .other(.external)
            case "ANONYMOUS": self = .other(.anonymous)
            default:
                for hash in SCRAM.Hash.allCases where name.hasPrefix("SCRAM-\(hash.rawValue)") {
                    switch name.dropFirst("SCRAM-\(hash.rawValue)".count) {
                    case "": self = .scram(hash, isBound: false)
                    case "-PLUS": self = .scram(hash, isBound: true)
                    default: continue
                    }
                    return
                }
                return nil
            }
        }

        /// Whether the credentials have what the mechanism shows.
        func fits(_ credentials: Credentials) -> Bool {
            switch (credentials.proof, self) {
            case (.password, .scram), (.password, .other(.plain)): true
            case (.password, .other(.login)), (.password, .other(.cramMD5)):
                credentials.authorizationIdentity.isEmpty
            case (.token, .other(.xoauth2)), (.token, .other(.oauthBearer)): true
            case (.external, .other(.external)), (.anonymous, .other(.anonymous)): true
            default: false
            }
        }
    }

    private func findings(
        offered: [String],
        credentials: Credentials?,
        environment: Environment
    ) -> [Finding] {
        let offered = Set(offered.map { $0.uppercased() })
        var seen: Set<String> = []
        return self.mechanisms.map { $0.uppercased() }.filter { seen.insert($0).inserted }.map { name in
            let (reason, plan) = self.finding(
                name,
                offered: offered,
                credentials: credentials,
                environment: environment
            )
            return Finding(verdict: MechanismVerdict(name, reason), plan: reason == .usable ? plan : nil)
        }
    }

    private func finding(
        _ name: String,
        offered: Set<String>,
        credentials: Credentials?,
        environment: Environment
    ) -> (MechanismVerdict.Reason, Candidate.Plan?) {
        guard offered.contains(name) else { return (.notOffered, nil) }
        guard let mechanism = Mechanism(name) else { return (.unknown, nil) }
        guard let plan = self.plan(mechanism, offered: offered, bindings: environment.bindings) else {
            return (.noChannelBinding, nil)
        }
        if let credentials, !mechanism.fits(credentials) { return (.credentialsDoNotFit, nil) }
        guard environment.isEncrypted || !self.requiresEncryption else { return (.needsEncryption, nil) }
        guard environment.allowsRevealing || !plan.revealsSecret else { return (.revealsSecret, nil) }
        return credentials == nil ? (.noCredentials, nil) : (.usable, plan)
    }

    /// How to carry out a mechanism; nil for one that needs a channel binding the connection does not have.
    private func plan(
        _ mechanism: Mechanism,
        offered: Set<String>,
        bindings: [ChannelBinding]
    ) -> Candidate.Plan? {
        let (hash, isBound): (SCRAM.Hash, Bool)
        switch mechanism {
        case .other(let plan): return plan
        case .scram(let itsHash, let itsBound): (hash, isBound) = (itsHash, itsBound)
        }
        let binding = self.channelBindings.lazy.compactMap { kind in
            bindings.first { $0.kind == kind && !$0.data.isEmpty }
        }.first
        if isBound { return binding.map { .scram(hash, .bound($0)) } }
        // `y` claims that the server offers no binding; one that does would have to take it for an attack.
        let offersBinding = offered.contains { $0.hasPrefix("SCRAM-") && $0.hasSuffix("-PLUS") }
        return .scram(hash, binding == nil || offersBinding ? .unsupported : .notOffered)
    }
}
