/// The fields of a cron line as text, and each as a set of numbers.
enum CronReader {
    static let minute = Field("minute", 0...59)
    static let hour = Field("hour", 0...23)
    static let day = Field("day of the month", 1...31)
    static let month = Field(
        "month", 1...12,
        names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])
    static let weekday = Field("day of the week", 0...7, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"])

    private static let words = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
    ]

    /// The five fields; a word stands for its five.
    static func fields(_ text: String) throws(Cron.Mistake) -> [String] {
        var line = text.lowercased()
        if line.utf8.count > 1000 { throw Cron.Mistake("it is longer than 1000 bytes") }
        if line.hasPrefix("@") {
            guard let meaning = words[line.trimmingSpaces] else {
                let near = Spelling.nearest(to: line, in: words.keys.sorted()).map { "did you mean '\($0)'?" }
                throw Cron.Mistake(
                    "'\(text.brief(40))' is no word of cron's",
                    advice: near ?? "the words are \(words.keys.sorted().joined(separator: ", "))")
            }
            line = meaning
        }
        let fields = line.split { $0 == " " || $0 == "\t" }.map(String.init)
        guard fields.count == 5 else {
            throw Cron.Mistake(
                "'\(text.brief(60))' has \(fields.count) field\(fields.count == 1 ? "" : "s"), and cron has five",
                advice: "minute, hour, day of the month, month, day of the week: '0 3 * * mon' is Mondays at three")
        }
        return fields
    }

    /// One of the five.
    struct Field: Sendable {
        let name: String
        let range: ClosedRange<Int>
        let names: [String]

        init(_ name: String, _ range: ClosedRange<Int>, names: [String] = []) {
            self.name = name
            self.range = range
            self.names = names
        }

        /// A bit for each number that fits.
        func read(_ text: String) throws(Cron.Mistake) -> UInt64 {
            var bits: UInt64 = 0
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                bits |= try bitsOf(part: String(part))
            }
            return bits
        }

        private func bitsOf(part: String) throws(Cron.Mistake) -> UInt64 {
            let pieces = part.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard pieces.count <= 2, let span = pieces.first else { throw wrong(part) }
            let isRange = span == "*" || span.contains("-")
            var step = 1
            if pieces.count == 2 {
                guard isRange else {
                    throw Cron.Mistake(
                        "\(name): the step of '\(part.brief(40))' stands behind a single value",
                        advice: "a step goes with '*' or a range: '\(span.brief(20))-\(last)/\(pieces[1].brief(10))'"
                    )
                }
                guard let number = Self.number(pieces[1]), number > 0, number <= range.count else {
                    throw Cron.Mistake(
                        "\(name): '\(part.brief(40))' has a step that is none",
                        advice: "a step is a whole number from 1 to \(range.count)")
                }
                step = number
            }
            let (low, high) = try ends(of: span, in: part)
            var bits: UInt64 = 0
            for value in stride(from: low, through: high, by: step) { bits |= 1 << UInt64(value) }
            return bits
        }

        private func ends(of span: String, in part: String) throws(Cron.Mistake) -> (Int, Int) {
            if span == "*" { return (range.lowerBound, last) }
            let ends = span.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
            guard ends.count <= 2, let first = ends.first, let low = value(first) else { throw wrong(part) }
            guard ends.count == 2 else { return (low, low) }
            guard var high = value(ends[1]) else { throw wrong(part) }
            // Sunday ends a week as well as it begins one.
            if !names.isEmpty, range.lowerBound == 0, high == 0, low > 0 { high = 7 }
            guard low <= high else {
                throw Cron.Mistake(
                    "\(name): the range '\(span.brief(40))' ends before it begins",
                    advice: "write it as two: '\(first.brief(20))-\(last),\(range.lowerBound)-\(ends[1].brief(20))'")
            }
            return (low, high)
        }

        /// The greatest number that `*` stands for.
        private var last: Int { range.lowerBound == 0 && !names.isEmpty ? 6 : range.upperBound }

        private func value(_ text: String) -> Int? {
            if let index = names.firstIndex(of: text) { return index + range.lowerBound }
            guard let number = Self.number(text), range.contains(number) else { return nil }
            return number
        }

        private static func number(_ text: String) -> Int? {
            guard !text.isEmpty, text.utf8.count <= 4, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
                return nil
            }
            return Int(text)
        }

        private func wrong(_ part: String) -> Cron.Mistake {
            let near = Spelling.nearest(to: part, in: names).map { "did you mean '\($0)'? " } ?? ""
            let named = names.isEmpty ? "" : " or \(names[0]) to \(names[names.count - 1])"
            let what = part.isEmpty ? "an empty value" : "'\(part.brief(40))'"
            return Cron.Mistake(
                "\(name): \(what) is not one of \(range.lowerBound) to \(range.upperBound)\(named)",
                advice: "\(near)a field is '*', a value, a range 'a-b', a step '*/n' or 'a-b/n', or a list of these")
        }
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}

extension String {
    /// As much of it as goes into a sentence.
    package func brief(_ limit: Int) -> String {
        let safe = String(
            unicodeScalars.map { $0.isASCII && $0.value >= 0x20 && $0.value != 0x7F ? Character($0) : "?" })
        return safe.count <= limit ? safe : String(safe.prefix(limit)) + "…"
    }
}
