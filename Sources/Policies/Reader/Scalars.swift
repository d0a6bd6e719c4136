import Documents
import Domain
import Foundation

/// What a scalar is as the shape that its key asks for.
enum Scalars {
    static let pythonPattern = #"^3\.[0-9]{1,2}(\.[0-9]{1,2})?$"#
    static let variablePattern = "^[A-Za-z_][A-Za-z0-9_]*$"
    static let namePattern = "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$"
    static let datePattern = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
    static let personPattern = #"^[^\x00-\x1F\x7F]{1,200}$"#
    static let placePattern = #"^(s3://[a-z0-9.-]{3,63}(/[^\x00-\x1F\x7F]*)?|/[^\x00-\x1F\x7F]*)$"#
    static let pathPattern = #"^(?!/)(?!(.*/)?(\.\.|\.[gG][iI][tT])(/|$))(?!(\./*)*$).+$"#

    /// Nil if it is not of that shape.
    static func content(of node: Document.Node, as shape: Shape) -> Value.Content? {
        let json = node.json
        switch shape {
        case .version:
            return json == .integer(1) ? .number(1) : nil
        case .truth:
            if case .bool(let value) = json { return .truth(value) }
            return nil
        case .number(let minimum):
            return number(json, atLeast: minimum).map(Value.Content.number)
        case .whole(let range):
            guard case .integer(let value) = json, range.contains(Int(value)) else { return nil }
            return .number(Double(value))
        case .bound:
            return (number(json, atLeast: nil) ?? json.text.flatMap(Units.any)).map(Value.Content.number)
        case .margin:
            if let share = json.text.flatMap(Units.share) { return .share(share) }
            return (number(json, atLeast: 0) ?? json.text.flatMap(Units.any)).map(Value.Content.number)
        case .between(let low, let high):
            return number(json, atLeast: low).flatMap { $0 > low && $0 < high ? .number($0) : nil }
        case .duration:
            return json.text.flatMap(Units.seconds).map(Value.Content.number)
        case .size:
            return json.text.flatMap(Units.bytes).map(Value.Content.number)
        case .anyText: return json.text.map(Value.Content.text)
        case .text, .commands, .name, .person, .path, .place, .python, .variable, .word, .date:
            guard let text = json.text, isValid(text, shape) else { return nil }
            return .text(text)
        case .list, .mapping, .named, .columns, .either, .anything:
            return nil
        }
    }

    private static func number(_ json: JSONValue, atLeast minimum: Double?) -> Double? {
        let value: Double
        switch json {
        case .integer(let whole): value = Double(whole)
        case .number(let number): value = number
        case .null, .bool, .string, .array, .object: return nil
        }
        return value.isFinite && value >= minimum ?? -.infinity ? value : nil
    }

    private static func isValid(_ text: String, _ shape: Shape) -> Bool {
        switch shape {
        case .name: return ModelName(text) != nil
        case .person: return PersonName(text) != nil
        case .path: return TreePath(text) != nil
        case .place: return DropPolicy.Place(text) != nil
        case .python: return matches(text, pythonPattern)
        case .variable: return matches(text, variablePattern)
        case .word(let words): return words.contains(text)
        case .date: return isDate(text)
        default: return text.contains { !$0.isWhitespace }
        }
    }

    /// True for a day that the Gregorian calendar has.
    private static func isDate(_ text: String) -> Bool {
        guard matches(text, datePattern) else { return false }
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3 else { return false }
        let (year, month, day) = (parts[0], parts[1], parts[2])
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return day <= days[month - 1]
    }

    static func matches(_ text: String, _ pattern: String) -> Bool {
        text.range(of: pattern, options: .regularExpression) == text.startIndex..<text.endIndex
    }
}
