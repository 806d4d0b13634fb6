import MailMessage
import Testing

@Suite("MailDate")
struct MailDateTests {
    @Test(
        "R5322-3.3-1 the text has the right day of the week, four digits of year and a numeric zone",
        arguments: [
            (1_795_712_700, 0, "Thu, 26 Nov 2026 17:05:00 +0000"), (0, 0, "Thu, 1 Jan 1970 00:00:00 +0000"),
            (-1, 0, "Wed, 31 Dec 1969 23:59:59 +0000"), (951_782_400, 60, "Tue, 29 Feb 2000 01:00:00 +0100"),
            (0, -1, "Wed, 31 Dec 1969 23:59:00 -0001"), (0, 1439, "Thu, 1 Jan 1970 23:59:00 +2359"),
            (0, 345, "Thu, 1 Jan 1970 05:45:00 +0545"), (-2_208_988_800, 0, "Mon, 1 Jan 1900 00:00:00 +0000"),
            (253_402_300_799, 0, "Fri, 31 Dec 9999 23:59:59 +0000"),
            (4_107_542_400, 0, "Mon, 1 Mar 2100 00:00:00 +0000"),
        ] as [(Int64, Int, String)]
    )
    func texts(seconds: Int64, offset: Int, text: String) throws {
        let date = try MailDate(secondsSince1970: seconds, zoneOffsetMinutes: offset)
        #expect(date.description == text)
        #expect(try MailDate(parsing: text) == date)
        #expect(try encoded(.date, .date(date)) == "Date: \(text)\r\n")
    }

    @Test(
        "R5322-3.3-1 dates outside 1900-9999 and zones of a day are refused",
        arguments: [
            (-2_208_988_801, 0), (253_402_300_800, 0), (253_402_300_799, 1), (-2_208_988_800, -1), (0, 1440),
            (0, -1440),
            (.max, 0), (.min, 0), (0, .max), (0, .min),
        ] as [(Int64, Int)]
    )
    func limits(seconds: Int64, offset: Int) {
        let error = #expect(throws: MessageError.self) {
            try MailDate(secondsSince1970: seconds, zoneOffsetMinutes: offset)
        }
        #expect(error?.reason == .invalidDate)
    }

    @Test(
        "R5322-3.3-1 R5322-4-1 other forms of dates are read",
        arguments: [
            ("26 Nov 2026 17:05 +0000", 1_795_712_700, 0),
            ("Thu, 26 Nov 2026 19:05:00 +0200", 1_795_712_700, 120),
            ("Sat, 31 Dec 2016 23:59:60 +0000", 1_483_228_800, 0),
            ("thu,26 NOV 2026 17:05:00 GMT", 1_795_712_700, 0),
            (" Thu (today) ,\r\n 26 Nov\t2026 17 : 05 : 00 +0000 (UTC (zone \\) ) )", 1_795_712_700, 0),
            ("1 Jan 70 00:00:00 UT", 0, 0), ("1 Jan 00 00:00:00 EST", 946_702_800, -300),
            ("1 Jan 49 00:00 Z", 2_493_072_000, 0), ("1 Jan 50 00:00 A", -631_152_000, 0),
            ("1 Jan 100 00:00 XYZ", 946_684_800, 0), ("1 Jan 1970 00:00 PDT", 25_200, -420),
            ("01 Jan 1970 00:00 -0000", 0, 0), ("29 Feb 2024 00:00 +0000", 1_709_164_800, 0),
        ] as [(String, Int64, Int)]
    )
    func parsing(text: String, seconds: Int64, offset: Int) throws {
        let date = try MailDate(parsing: text)
        #expect(date.secondsSince1970 == seconds)
        #expect(date.zoneOffsetMinutes == offset)
    }

    @Test(
        "R5322-3.3-1 what is no date is refused",
        arguments: [
            "", "Thu", "26 Nov 2026", "26 Nov 2026 17:05", "Fri, 26 Nov 2026 17:05:00 +0000",
            "30 Feb 2024 00:00 +0000",
            "29 Feb 2023 00:00 +0000", "0 Jan 2024 00:00 +0000", "32 Jan 2024 00:00 +0000",
            "1 Foo 2024 00:00 +0000",
            "1 Jan 2024 24:00 +0000", "1 Jan 2024 00:60 +0000", "1 Jan 2024 00:00:61 +0000",
            "1 Jan 2024 0:00 +0000",
            "1 Jan 2024 00:00 0000", "1 Jan 2024 00:00 +000", "1 Jan 2024 00:00 +0060",
            "1 Jan 2024 00:00 +2400",
            "1 Jan 2024 00:00 +0000 x", "1 Jan 12024 00:00 +0000", "1 Jan 1899 00:00 +0000",
            "1-Jan-2024 00:00 +0000",
            "1 Jan 2024 00:00 (+0000", "1 Jan 2024 00:00:00 +0000\u{0}", "٢ Jan 2024 00:00 +0000",
            "Xyz, 1 Jan 2024 00:00 +0000", "Thu 26 Nov 2026 17:05:00 +0000",
            String(repeating: "(", count: 1000),
        ]
    )
    func refused(text: String) {
        let error = #expect(throws: MessageError.self) { try MailDate(parsing: text) }
        #expect(error?.reason == .invalidDate)
    }

    @Test("R5322-3.3-1 every day comes back, and follows the one before")
    func everyDay() throws {
        let names = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        for day in 0..<40_000 {
            let date = try MailDate(secondsSince1970: Int64(day) * 86_400)
            let text = date.description
            #expect(text.hasPrefix(names[day % 7]))
            if day % 13 == 0 { #expect(try MailDate(parsing: text) == date) }
        }
    }

    @Test("The time now is after this was written, and in UTC")
    func now() {
        #expect(MailDate.now().secondsSince1970 > 1_700_000_000)
        #expect(MailDate.now().zoneOffsetMinutes == 0)
    }
}
