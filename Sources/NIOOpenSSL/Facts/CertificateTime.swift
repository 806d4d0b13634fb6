/// A moment in a certificate, to the second, in UTC.
public struct CertificateTime: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Seconds since 1970-01-01 00:00:00 UTC; negative before.
    public let secondsSince1970: Int64

    init(secondsSince1970: Int64) {
        self.secondsSince1970 = secondsSince1970
    }

    /// The moment as `2024-01-01 12:30:00 UTC`.
    public var description: String {
        let (day, second) = self.secondsSince1970.quotientAndRemainderFloored(by: 86_400)
        // The Gregorian calendar repeats every 400 years; a year here begins in March, so that a leap day ends it.
        let (era, dayOfEra) = (day + 719_468).quotientAndRemainderFloored(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let march = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * march + 2) / 5 + 1
        let month = march < 10 ? march + 3 : march - 9
        let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        let date = "\(year)-\(Self.digits(month))-\(Self.digits(dayOfMonth))"
        let hour = second / 3_600
        let minute = second / 60 % 60
        return "\(date) \(Self.digits(hour)):\(Self.digits(minute)):\(Self.digits(second % 60)) UTC"
    }

    /// Compares the moments.
    public static func < (left: CertificateTime, right: CertificateTime) -> Bool {
        left.secondsSince1970 < right.secondsSince1970
    }

    private static func digits(_ number: Int64) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}

extension Int64 {
    fileprivate func quotientAndRemainderFloored(by divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = self.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
