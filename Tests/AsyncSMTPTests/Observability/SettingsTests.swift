import AsyncSMTP
import Testing

@Suite("Observability: settings")
struct SettingsTests {
    @Test("everything is off unless asked for")
    func defaults() {
        let settings = SMTPConfiguration().observability
        #expect(settings.logger == nil)
        #expect(settings.metrics == nil)
        #expect(settings.tracer == nil)
        #expect(!settings.includesAddresses)
        #expect(settings.metricLabels.isEmpty)
    }

    @Test("printing the configuration shows what is on, not what the backends hold")
    func printing() {
        var configuration = SMTPConfiguration()
        #expect("\(configuration)".contains("observability: Observability(logger: nil, metrics: false"))
        configuration.observability = Recording().settings()
        let text = "\(configuration)"
        #expect(text.contains("metrics: true, tracer: true, includesAddresses: false"))
        #expect(!text.contains("TestMetrics"))
        #expect(!text.contains("InMemory"))
    }
}
