import Domain
import Foundation

/// Every way in which one value of a JSON text can be another one.
struct Mutations {
    private let value: JSONValue

    init(_ text: String) throws {
        value = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    }

    /// What is put in the place of each value, as it is written.
    static let replacements = [
        "null", "true", "0", "-1", "-9223372036854775808", "9223372036854775807", "9223372036854775808", "1e999", "1.5",
        #""""#, #""-x""#, #""../../etc/passwd""#, #""a\u0000b""#, #""\ud800""#, #""\u202e\u0007""#, "[]", "{}", "[{}]",
        #"{"id":{"id":{}}}"#, "\"\(String(repeating: "x", count: 70_000))\"",
        String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000),
        String(repeating: #"{"a":"#, count: 10_000) + "1" + String(repeating: "}", count: 10_000),
    ]

    /// The text with each value replaced by each of those, and with each member left out.
    func forEach(_ body: (Data) throws -> Void) throws {
        for place in places(in: value) {
            if let without = changed(value, at: place[...], to: nil) { try body(try JSONEncoder().encode(without)) }
            guard let with = changed(value, at: place[...], to: .string(Self.mark)) else { continue }
            let text = String(decoding: try JSONEncoder().encode(with), as: UTF8.self)
            let parts = text.components(separatedBy: "\"\(Self.mark)\"")
            guard parts.count == 2 else { continue }
            for replacement in Self.replacements { try body(Data((parts[0] + replacement + parts[1]).utf8)) }
        }
    }

    private static let mark = "the place that is changed"

    private enum Step {
        case member(String)
        case item(Int)
    }

    private func places(in value: JSONValue) -> [[Step]] {
        switch value {
        case .null, .bool, .integer, .number, .string: return [[]]
        case .array(let items):
            return [[]] + items.enumerated().flatMap { at, item in places(in: item).map { [.item(at)] + $0 } }
        case .object(let members):
            return [[]] + members.flatMap { name, member in places(in: member).map { [.member(name)] + $0 } }
        }
    }

    private func changed(_ value: JSONValue, at place: ArraySlice<Step>, to new: JSONValue?) -> JSONValue? {
        guard let step = place.first else { return new }
        switch (step, value) {
        case (.member(let name), .object(var members)):
            members[name] = changed(members[name] ?? .null, at: place.dropFirst(), to: new)
            return .object(members)
        case (.item(let at), .array(var items)):
            if let item = changed(items[at], at: place.dropFirst(), to: new) {
                items[at] = item
            } else {
                items.remove(at: at)
            }
            return .array(items)
        default: return nil
        }
    }
}
