extension SMTPTestServer {
    /// Where the server listens.
    public struct Endpoint: Sendable, Hashable {
        enum Kind: Sendable, Hashable {
            case tcp(host: String, port: Int)
            case unixSocket(path: String)
            case temporaryUnixSocket
        }

        let kind: Kind

        /// A port of 127.0.0.1 that the system chooses.
        public static let loopbackIPv4 = Endpoint.loopbackIPv4(port: 0)

        /// A port of ::1 that the system chooses.
        public static let loopbackIPv6 = Endpoint.loopbackIPv6(port: 0)

        /// A Unix socket in a fresh temporary directory, which is removed at shutdown.
        public static let unixSocket = Endpoint(kind: .temporaryUnixSocket)

        /// A given port of 127.0.0.1.
        public static func loopbackIPv4(port: Int) -> Endpoint {
            Endpoint(kind: .tcp(host: "127.0.0.1", port: port))
        }

        /// A given port of ::1.
        public static func loopbackIPv6(port: Int) -> Endpoint {
            Endpoint(kind: .tcp(host: "::1", port: port))
        }

        /// A port of any address of this machine; 0 leaves the port to the system.
        ///
        /// - Parameter host: An IP address, 0.0.0.0 and :: for all of them, or a name, of whose addresses the first
        ///   is taken.
        public static func tcp(host: String, port: Int) -> Endpoint {
            Endpoint(kind: .tcp(host: host, port: port))
        }

        /// A Unix socket with a given path, at most about 100 octets long; the file is removed at shutdown.
        public static func unixSocket(_ path: String) -> Endpoint {
            Endpoint(kind: .unixSocket(path: path))
        }
    }
}
