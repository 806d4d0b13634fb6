extension DKIMKey: Hashable {
    /// Whether both are the same key, told by their public halves.
    public static func == (left: DKIMKey, right: DKIMKey) -> Bool { left.dnsRecord == right.dnsRecord }

    /// Hashes the public half.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.dnsRecord) }
}
