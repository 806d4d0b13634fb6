import SASL

/// A mechanism whose answers a test gives; with no answer left a challenge is one too many.
struct Scripted: SASLMechanism {
    let name = "X-SCRIPTED"
    let revealsSecret = false
    let isClientFirst = true

    var answers: [[UInt8]]
    var completesAfter = 1
    private var given = 0

    init(_ answers: [UInt8]..., completesAfter: Int = 1) {
        self.answers = answers
        self.completesAfter = completesAfter
    }

    var isComplete: Bool { self.given >= self.completesAfter }

    mutating func respond(to challenge: [UInt8]?) throws(SASLError) -> [UInt8] {
        guard !self.answers.isEmpty else { throw SASLError(.unexpectedChallenge) }
        self.given += 1
        return self.answers.removeFirst()
    }
}

/// A mechanism in which the server speaks first and gets its challenge back.
struct Echo: SASLMechanism {
    let name = "X-ECHO"
    let revealsSecret = false
    let isClientFirst = false

    let isComplete = true

    mutating func respond(to challenge: [UInt8]?) throws(SASLError) -> [UInt8] {
        guard let challenge else { throw SASLError(.malformedChallenge) }
        return challenge
    }
}
