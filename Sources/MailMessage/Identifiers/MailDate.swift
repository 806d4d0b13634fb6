#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A date and time with its zone, as it stands in Date (RFC 5322 §3.3).
///
/// ```swift
/// print(try MailDate(secondsSince1970: 1_795_712_700))  // Thu, 26 Nov 2026 17:05:00 +0000
/// ```
public struct MailDate: Sendable, Hashable {
    /// The years that a date can have, by its own zone.
    public static let years = 1900...9999

    /// The seconds since 1 January 1970, 00:00 UTC; leap seconds are not counted.
    public let secondsSince1970: Int64

    /// The minutes by which the local time is ahead of UTC.
    public let zoneOffsetMinutes: Int

    private init(known secondsSince1970: Int64, zoneOffsetMinutes: Int) {
        self.secondsSince1970 = secondsSince1970
        self.zoneOffsetMinutes = zoneOffsetMinutes
    }

    /// Makes a date.
    ///
    /// - Parameters:
    ///   - secondsSince1970: The point in time.
    ///   - zoneOffsetMinutes: The zone in which it is written, in minutes ahead of UTC; less than a day.
    /// - Throws: ``MessageError`` with ``MessageError/Reason/invalidDate`` when the year is not in 1900-9999,
    ///   or the offset a day or more.
    public init(secondsSince1970: Int64, zoneOffsetMinutes: Int = 0) throws(MessageError) {
        self.init(known: secondsSince1970, zoneOffsetMinutes: zoneOffsetMinutes)
        // The first bound keeps the sums below from overflowing.
        guard secondsSince1970.magnitude < 1 << 40, zoneOffsetMinutes.magnitude < 24 * 60,
            Self.years.contains(civilDate.year)
        else {
            throw MessageError(.invalidDate, detail: "\(secondsSince1970) at \(zoneOffsetMinutes) minutes")
        }
    }

    /// Parses a date.
    ///
    /// Comments, folds, zones by name, years of two or three digits (RFC 5322 §4.3) and a second 60, which is
    /// read as the first of the next minute, are accepted.
    ///
    /// - Parameter text: The value of a Date field.
    /// - Throws: ``MessageError`` with ``MessageError/Reason/invalidDate`` when the text is no date, names
    ///   another day of the week than the date falls on, or breaks the limits of
    ///   ``init(secondsSince1970:zoneOffsetMinutes:)``.
    public init(parsing text: String) throws(MessageError) {
        self = try MailDateReader.date(in: text)
    }

    /// The time now, by the clock of the system, in UTC.
    public static func now() -> MailDate {
        MailDate(known: Int64(time(nil)), zoneOffsetMinutes: 0)
    }

    private var localSeconds: Int { Int(secondsSince1970) + zoneOffsetMinutes * 60 }

    private var civilDate: CivilDate {
        CivilDate(daysSince1970: Int((Double(localSeconds) / 86_400).rounded(.down)))
    }
}

extension MailDate: CustomStringConvertible {
    /// The date as RFC 5322 §3.3 has it, day of the week included: `Thu, 26 Nov 2026 17:05:00 +0000`.
    public var description: String {
        let date = civilDate
        let second = localSeconds - date.daysSince1970 * 86_400
        let zone = Int(zoneOffsetMinutes.magnitude)
        let time = [second / 3600, second / 60 % 60, second % 60].map(Self.twoDigits).joined(separator: ":")
        let sign = zoneOffsetMinutes < 0 ? "-" : "+"
        return MailDateReader.weekdays[date.weekday] + ", \(date.day) "
            + MailDateReader.months[date.month - 1] + " \(date.year) \(time) \(sign)"
            + Self.twoDigits(zone / 60) + Self.twoDigits(zone % 60)
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
