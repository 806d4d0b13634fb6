internal import OpenSSLCrypto

/// SHA-256 of a body in one of the forms of section 3.4 of RFC 6376, computed as the body comes.
///
/// CR, LF and CRLF all end a line, as they will on the wire.
package struct BodyHash: ~Copyable {
    private let isRelaxed: Bool
    private var digest: RunningDigest
    /// Short runs, which would make a call of OpenSSL each.
    private var runs: [UInt8] = []
    /// Line ends that belong to the body only if something follows them.
    private var dueLineEnds = 0
    /// White space that becomes one space if something follows it in its line.
    private var isSpaceDue = false
    private var isEmpty = true

    /// Begins a body.
    package init(_ canonicalization: DKIMCanonicalization) throws(DKIMError) {
        self.isRelaxed = canonicalization == .relaxed
        do throws(CryptoError) {
            self.digest = try RunningDigest(.sha256)
        } catch {
            throw DKIMError(.cryptography, error.description)
        }
    }

    /// Adds octets.
    ///
    /// - Parameter octets: A CR at their end is a line end: a LF at the beginning of the next must be left out.
    package mutating func append(_ octets: Span<UInt8>) throws(DKIMError) {
        // Octets that stay as they are and have not been hashed yet. Each CR among them has its LF behind it; of
        // white space there is only the single space.
        var start = 0
        var index = 0
        // Where windows are tried again: a window with something to change is gone through octet by octet.
        var nextWindow = 1
        while index < octets.count {
            if index >= nextWindow, index > start {
                index = BodyScanner.plainEnd(of: octets, behind: index, isRelaxed: self.isRelaxed)
                guard index < octets.count else { break }
                nextWindow = index + BodyScanner.windowLength
            }
            let octet = octets[index]
            if octet == 0x0D || octet == 0x0A {
                let isPair = octet == 0x0D && index + 1 < octets.count && octets[index + 1] == 0x0A
                let isBehindSpace = self.isRelaxed && index > start && octets[index - 1] == 0x20
                if isPair, !isBehindSpace {
                    if index == start { self.isSpaceDue = false }
                    index += 2
                    continue
                }
                try self.add(octets.extracting(start..<index))
                self.isSpaceDue = false
                self.dueLineEnds += 1
                index += isPair ? 2 : 1
                start = index
            } else if self.isRelaxed, octet == 0x20 || octet == 0x09 {
                let isSingle =
                    octet == 0x20 && index + 1 < octets.count && octets[index + 1] != 0x20
                    && octets[index + 1] != 0x09
                if isSingle, index == start ? !self.isSpaceDue : octets[index - 1] != 0x20 {
                    index += 1
                    continue
                }
                try self.add(octets.extracting(start..<index))
                while index < octets.count, octets[index] == 0x20 || octets[index] == 0x09 { index += 1 }
                self.isSpaceDue = true
                start = index
            } else {
                index += 1
            }
        }
        try self.add(octets.extracting(start..<octets.count))
    }

    /// The hash of the whole body, which has at least one line end in the simple form.
    package mutating func finish() throws(DKIMError) -> [UInt8] {
        if !self.isEmpty || !self.isRelaxed { self.runs += [0x0D, 0x0A] }
        try self.flush()
        do throws(CryptoError) {
            return try self.digest.finish()
        } catch {
            throw DKIMError(.cryptography, error.description)
        }
    }

    /// Adds a run that stays as it is, holding back line ends and the space at its end.
    private mutating func add(_ run: Span<UInt8>) throws(DKIMError) {
        var end = run.count
        let endsInSpace = self.isRelaxed && end > 0 && run[end - 1] == 0x20
        if endsInSpace { end -= 1 }
        let textEnd = end
        while end > 0, run[end - 1] == 0x0A { end -= 2 }
        let lineEnds = (textEnd - end) / 2
        if end > 0 {
            try self.addDue()
            try self.write(run.extracting(0..<end))
            self.isEmpty = false
        }
        self.dueLineEnds += lineEnds
        if endsInSpace { self.isSpaceDue = true }
    }

    private mutating func addDue() throws(DKIMError) {
        while self.dueLineEnds > 0 {
            self.runs += [0x0D, 0x0A]
            self.dueLineEnds -= 1
            if self.runs.count >= Self.runLimit { try self.flush() }
        }
        if self.isSpaceDue { self.runs.append(0x20) }
        self.isSpaceDue = false
    }

    private static let runLimit = 2048

    private mutating func write(_ run: Span<UInt8>) throws(DKIMError) {
        if run.count < Self.runLimit / 4 {
            for index in run.indices { self.runs.append(run[index]) }
            if self.runs.count >= Self.runLimit { try self.flush() }
            return
        }
        try self.flush()
        try self.update(run)
    }

    private mutating func flush() throws(DKIMError) {
        guard !self.runs.isEmpty else { return }
        var runs: [UInt8] = []
        // Taken out, the array can be read while the rest of the value changes, and keeps its memory.
        swap(&runs, &self.runs)
        try self.update(runs.span)
        runs.removeAll(keepingCapacity: true)
        swap(&runs, &self.runs)
    }

    private mutating func update(_ octets: Span<UInt8>) throws(DKIMError) {
        do throws(CryptoError) {
            try self.digest.update(octets)
        } catch {
            throw DKIMError(.cryptography, error.description)
        }
    }
}
