import Domain
import Foundation
import Host

/// A `format` of a date or datetime made of `%` directives, as much as can be held to exactly.
struct TimeFormat: Sendable, Equatable {
    let text: String
    /// What all texts of the format look like.
    let pattern: String
    private let parts: [Character]

    private static let digits: [Character: String] = [
        "Y": "[0-9]{4}", "y": "[0-9]{2}", "m": "[0-9]{1,2}", "d": "[0-9]{1,2}", "H": "[0-9]{1,2}", "M": "[0-9]{1,2}",
        "S": "[0-9]{1,2}", "f": "[0-9]{1,6}", "I": "[0-9]{1,2}", "j": "[0-9]{1,3}", "p": "[AaPp][Mm]",
        "b": "[A-Za-z]{3}", "B": "[A-Za-z]{3,9}", "a": "[A-Za-z]{3}", "A": "[A-Za-z]{6,9}",
        "z": "[+-][0-9]{2}:?[0-9]{2}",
    ]
    /// The directives, for advice.
    static let known = "%Y %y %m %d %H %I %p %M %S %f %j %b %B %a %A %z"

    /// Nil if it has none of the directives, another one, or characters that SQL cannot hold.
    init?(_ text: String) {
        guard (try? DuckDB.literal(text)) != nil else { return nil }
        var pattern = ""
        var parts: [Character] = []
        var isDirective = false
        for character in text {
            if isDirective {
                isDirective = false
                if character == "%" {
                    pattern += "%"
                } else if let digits = TimeFormat.digits[character] {
                    pattern += "(\(digits))"
                    parts.append(character)
                } else {
                    return nil
                }
            } else if character == "%" {
                isDirective = true
            } else {
                pattern += Lexicon.escaped(String(character))
            }
        }
        guard !isDirective, !parts.isEmpty else { return nil }
        self.text = text
        self.pattern = pattern
        self.parts = parts
    }

    /// A text of the format as ISO 8601 has it; nil if it is not of the format, or of one with names in it.
    func iso(_ text: String, isDate: Bool) -> String? {
        guard let regex = try? Regex(pattern), let match = try? regex.wholeMatch(in: text) else { return nil }
        var values: [Character: Int] = [:]
        for (index, part) in parts.enumerated() {
            guard "YymdHMS".contains(part), let found = match[index + 1].substring.flatMap({ Int($0) }) else {
                return nil
            }
            values[part] = found
        }
        // As strptime has it: 69 to 99 are of the last century.
        guard let year = values["Y"] ?? values["y"].map({ $0 < 69 ? 2000 + $0 : 1900 + $0 }) else { return nil }
        let day = String(format: "%04d-%02d-%02d", year, values["m"] ?? 1, values["d"] ?? 1)
        let time = String(format: "T%02d:%02d:%02d", values["H"] ?? 0, values["M"] ?? 0, values["S"] ?? 0)
        return isDate ? day : day + time
    }
}
