/// A set of letters, as `[a-z_]` or `\d` writes it.
struct LetterSet: Sendable, Equatable {
    private var ranges: [ClosedRange<UInt32>] = []
    private var isInverted = false
    /// Large and small letters are the same.
    private var ignoresCase = false

    init(_ letters: ClosedRange<Unicode.Scalar>..., ignoresCase: Bool = false) {
        ranges = letters.map { $0.lowerBound.value...$0.upperBound.value }
        self.ignoresCase = ignoresCase
    }

    static let digit = LetterSet("0"..."9")
    static let word = LetterSet("0"..."9", "A"..."Z", "_"..."_", "a"..."z", "\u{AA}"..."\u{10FFFF}")
    static let space = LetterSet("\t"..."\r", " "..." ", "\u{A0}"..."\u{A0}")
    /// What `.` means: everything but the end of a line.
    static let any = LetterSet("\n"..."\n").inverted

    var inverted: LetterSet {
        var other = self
        other.isInverted.toggle()
        return other
    }

    func union(_ other: LetterSet) -> LetterSet {
        var both = self
        both.ranges += other.isInverted ? LetterSet.gaps(between: other.ranges) : other.ranges
        return both
    }

    func holds(_ letter: Unicode.Scalar) -> Bool {
        var isIn = has(letter.value)
        if !isIn, ignoresCase {
            let forms = [letter.properties.lowercaseMapping, letter.properties.uppercaseMapping]
            isIn = forms.contains { form in
                form.unicodeScalars.count == 1 && form.unicodeScalars.first.map { has($0.value) } ?? false
            }
        }
        return isIn != isInverted
    }

    private func has(_ value: UInt32) -> Bool { ranges.contains { $0.contains(value) } }

    private static func gaps(between ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var gaps: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { gaps.append(next...(range.lowerBound - 1)) }
            next = max(next, range.upperBound + 1)
        }
        return next <= 0x10FFFF ? gaps + [next...0x10FFFF] : gaps
    }
}
