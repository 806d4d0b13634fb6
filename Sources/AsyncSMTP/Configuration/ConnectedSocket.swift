internal import NIOConcurrencyHelpers

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// Socket that is connected already, and can be taken over by one session.
public final class ConnectedSocket: Sendable, Hashable {
    /// The descriptor.
    public let descriptor: CInt
    private let isTaken = NIOLockedValueBox(false)

    /// Makes the object of a descriptor; it must be a connected stream socket.
    public init(_ descriptor: CInt) {
        self.descriptor = descriptor
    }

    /// Takes the socket over.
    ///
    /// - Throws: ``SMTPError`` when it was taken before, or is no open descriptor. A number that was closed
    ///   may belong to something else by now.
    func take() throws(SMTPError) -> CInt {
        let wasTaken = self.isTaken.withLockedValue { taken in
            defer { taken = true }
            return taken
        }
        guard !wasTaken else {
            throw SMTPError(.closed, "the connected socket was used by an earlier session", stage: .connect)
        }
        guard fcntl(self.descriptor, F_GETFD) >= 0 else {
            throw SMTPError(.invalidArgument, "\(self.descriptor) is no open descriptor", stage: .connect)
        }
        return self.descriptor
    }

    /// Whether both are the same object.
    public static func == (lhs: ConnectedSocket, rhs: ConnectedSocket) -> Bool { lhs === rhs }

    /// Hashes the identity of the object.
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
