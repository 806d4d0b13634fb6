/// How many connections a client keeps, for how long, and how much they carry.
public struct PoolConfiguration: Sendable, Hashable {
    /// Most connections at a time, at least 1.
    ///
    /// Counts those in use, those that are idle, and those being opened or closed. Office 365 allows an account
    /// three at a time.
    public var maximumConnections: Int
    /// Connections that a warm-up opens and that are kept while idle.
    ///
    /// One that ends for its age, or because the server closes it after use, is replaced; those that a server that
    /// cannot be reached costs are replaced when it can be reached again.
    public var minimumConnections: Int
    /// Most messages on the way at a time on one connection, at least 1; with more than one their commands are
    /// pipelined.
    public var maximumInFlight: Int
    /// How long a connection without a message is kept; `nil` for no limit.
    ///
    /// Amazon SES gives up connections that are idle for ten seconds.
    public var idleTime: Duration?
    /// Age from which a connection takes no more messages; `nil` for no limit.
    ///
    /// What is on the way is still finished. Servers limit the age too, commonly to between 10 and 20 minutes.
    public var lifetime: Duration?
    /// Most messages one connection carries before it is replaced, at least 1; `nil` for no limit.
    public var maximumMessagesPerConnection: Int?
    /// Longest wait of a message for a connection; `nil` for no limit.
    public var waitLimit: Duration?
    /// Most messages that wait for a connection, at least 1; `nil` for no limit.
    ///
    /// One more fails at once.
    public var maximumWaiting: Int?
    /// How much is sent per second; `nil` for no limit.
    public var rateLimit: RateLimit?
    /// Pauses when the server says that it is too much or cannot be reached; `nil` for none.
    public var backOff: BackOff?

    /// Makes a configuration; what is not given suits most servers.
    public init(
        maximumConnections: Int = 4,
        minimumConnections: Int = 0,
        maximumInFlight: Int = 16,
        idleTime: Duration? = .seconds(9),
        lifetime: Duration? = .seconds(600),
        maximumMessagesPerConnection: Int? = nil,
        waitLimit: Duration? = nil,
        maximumWaiting: Int? = nil,
        rateLimit: RateLimit? = nil,
        backOff: BackOff? = BackOff()
    ) {
        self.maximumConnections = maximumConnections
        self.minimumConnections = minimumConnections
        self.maximumInFlight = maximumInFlight
        self.idleTime = idleTime
        self.lifetime = lifetime
        self.maximumMessagesPerConnection = maximumMessagesPerConnection
        self.waitLimit = waitLimit
        self.maximumWaiting = maximumWaiting
        self.rateLimit = rateLimit
        self.backOff = backOff
    }
}
