import NIOCore
import SMTPCore

/// Surveys of content.
enum Survey {
    static func of(_ text: String, rules: ContentRules = ContentRules()) throws(ContentError) -> ContentSurvey
    {
        try Self.of([ByteBuffer(string: text)], rules: rules)
    }

    static func of(
        _ pieces: [ByteBuffer],
        rules: ContentRules = ContentRules()
    ) throws(ContentError) -> ContentSurvey {
        var builder = ContentSurvey.Builder(rules: rules)
        for piece in pieces { try builder.append(piece) }
        return try builder.finish()
    }
}
