/// Every requirement this project knows, by id.
enum RequirementIDs {
    static let all: [String] = Self.rfc + Self.security + Self.openSSL + Self.quirks

    /// An id in the name of a test; a numbered security case may stand without its `S-`.
    static var pattern: Regex<(Substring, Substring)> {
        /(?:^|[^\w.\-])((?:R\d{4}-\d+(?:\.\d+)*(?:-\d+)?|(?:S-)?[A-I]\d+\.\d+|S-[A-I]\d+|H\d+|Q\d\d))(?!\w)/
    }

    static func normalise(_ id: Substring) -> String {
        id.contains(/^[A-I]\d+\./) ? "S-\(id)" : String(id)
    }

    /// Obligations of the RFCs: RFC, then section and number, or number alone.
    private static let rfc: [String] = Self.sections.flatMap { rfc, numbers in
        numbers.split(whereSeparator: \.isWhitespace).map { "\(rfc)-\($0)" }
    }

    private static let sections: KeyValuePairs<String, String> = [
        "R5321": """
        3.1-1 3.1-2 3.1-3 4.1.1.1-1 3.2-1 4.1.1.1-2 4.1.1.1-3 4.1.1.1-4 4.1.4-1 4.1.4-2
        2.4-1 2.3.8-1 4.1.1.2-1 4.1.1.3-1 4.1.1.4-1 4.1.1.5-1 4.1.1.10-1 4.5.5-1 4.1.2-1
        4.1.3-1 4.2-1 4.2-2 4.2-3 4.2.1-1 4.2.1-2 4.3.2-1 4.2.3-1 3.8-1 3.8-2 3.4-1 3.5.3-1
        4.2.4-1 4.2.3-2 4.5.2-1 4.5.3.1.6-1 4.5.3.1.4-1 4.5.3.1.5-1 4.5.3.1.1-1 4.5.3.1.8-1
        4.5.3.1.10-1 4.4-1 2.3.1-1 4.5.3.2-1 4.5.3.2-2 4.5.3.2-3 4.5.3.2-4 4.5.3.2-5
        4.5.3.2-6 4.5.4.1-1 5.1-1 6.1-1
        """,
        "R1870": "1 2 3 4",
        "R2033": "1 2 3 4 5 6 7 8",
        "R2034": "1 2 3",
        "R3463": "1",
        "R2920": "1 2 3 4 5 6 7 8 9",
        "R3030": "1 2 3 4 5 6 7",
        "R3207": "1 2 3 4 5 6",
        "R7817": "1",
        "R8314": "1 2",
        "R3461": "1 2 3 4 5 6",
        "R4954": "1 2 3 4 5 6 7 8 9 10 11 12",
        "R4616": "1",
        "R2195": "1",
        "R4422": "1",
        "R5802": "1 2 3 4 5",
        "R7677": "1",
        "R5929": "1 2",
        "R9266": "1",
        "R7628": "1 2 3 4",
        "R6152": "1",
        "R6531": "1 2 3 4",
        "R6532": "1",
        "R7672": "1 2 3",
        "R8461": "1 2",
        "R8689": "1 2 3",
        "R9422": "1 2",
        "R5322": "2.1.1-1 2.2-1 3.6-1 3.6.4-1 3.6.3-1 3.4-1 3.6.6-1 4-1 3.3-1 2.3-1",
        "R2045": "1 2 3",
        "R2046": "1 2 3 4",
        "R2183": "1",
        "R2392": "1",
        "R2047": "1 2 3 4",
        "R2231": "1",
        "R6376": "1 2 3 4 5 6 7",
        "R8301": "1",
        "R8463": "1",
        "R8058": "1",
        "R2369": "1",
        "R2919": "1",
    ]

    /// Classes of attack and failure: for each letter, how many numbered cases each class has.
    private static let classes: KeyValuePairs<Character, [Int]> = [
        "A": [4, 3, 4, 2, 2, 1],
        "B": [3, 3, 4, 5, 2, 2, 1, 2],
        "C": [5, 4, 1, 3, 2, 2, 2, 2, 1],
        "D": [3, 3, 9, 4, 4, 1, 2, 3],
        "E": [4, 1, 1, 2, 1, 3, 2, 1, 0],
        "F": [3, 3, 1, 5, 0],
        "G": [0, 1, 4, 1],
        "I": [4, 1, 0],
    ]

    private static let security: [String] = Self.classes.flatMap { letter, counts in
        counts.enumerated().flatMap { index, count in
            let name = "S-\(letter)\(index + 1)"
            return [name] + (0..<count).map { "\(name).\($0 + 1)" }
        }
    }

    private static let openSSL = (1...10).map { "H\($0)" }

    private static let quirks = (1...74).map { $0 < 10 ? "Q0\($0)" : "Q\($0)" }
}
