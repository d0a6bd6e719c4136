import Documents
import Domain
import Foundation

/// YAML as this room writes it.
enum YAMLText {
    /// A text as a scalar that reads back as that text: plain where that is safe, else in double quotes.
    static func scalar(_ text: String) -> String {
        isPlain(text) ? text : quoted(text)
    }

    /// What a short piece of YAML from the language's table means.
    static func json(_ yaml: String) -> JSONValue {
        (try? Document(Data(yaml.utf8), file: "").root?.json) ?? .null
    }

    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, first.isASCII else { return false }
        let signs = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./ -$(){}=@+")
        guard
            text.last != " ", text.unicodeScalars.allSatisfy(signs.contains),
            first.properties.isAlphabetic || first == "_" || first == "/" || first == "."
                || (first.value >= 0x30 && first.value <= 0x39)
        else { return false }
        return json(text) == .string(text) && json("- " + text) == .array([.string(text)])
    }

    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _
            where scalar.value < 0x20 || (0x7F..<0xA1).contains(scalar.value) || scalar.value == 0xFEFF
                || (0x2028...0x2029).contains(scalar.value):
                let digits = String(scalar.value, radix: 16, uppercase: true)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
