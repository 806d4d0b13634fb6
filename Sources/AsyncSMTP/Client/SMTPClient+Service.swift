public import ServiceLifecycle

extension SMTPClient: Service {
    /// Waits until the program is to end, then shuts the client down as ``shutdown()`` does.
    ///
    /// For a `ServiceGroup` of swift-service-lifecycle. Services are shut down in the reverse of their order, so
    /// the client goes before those that send through it. Cancelling the task ends the client in the same way.
    /// Messages may be sent before this is called.
    public func run() async throws {
        // A task that is cancelled throws here, and has the same to do.
        try? await gracefulShutdown()
        await self.shutdown()
    }
}
