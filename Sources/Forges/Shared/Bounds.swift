import Domain
import Foundation

/// What a JSON text from outside may cost. Asked in one pass, without recursion and without taking anything into memory,
/// before a decoder sees it: a signature only says who sent it, and forges send what strangers wrote.
///
/// It is no check of the grammar: what passes and is no JSON the decoder refuses.
enum Bounds {
    /// GitHub's deepest payload nests eight deep.
    static let depth = 64
    /// Values in all: a push of 2,048 commits with their files has fewer.
    static let values = 400_000
    /// Members of one object; a repository has about 110.
    static let members = 1_000
    /// Bytes of a member's name.
    static let name = 1_000
    /// Bytes of a text as it is written: a comment of 1,000,000 characters, each written as `\uXXXX`.
    static let text = 6_500_000

    /// Throws `.malformed` with the bound that is passed.
    static func check(_ json: Data) throws(WebhookRefusal) {
        if let trouble = json.withUnsafeBytes({ trouble(in: $0) }) { throw .malformed(trouble) }
    }

    private static func trouble(in json: UnsafeRawBufferPointer) -> String? {
        /// Members of every object that is open; nil: an array.
        var open: [Int?] = []
        var count = 1
        var lastText = 0
        var index = 0
        while index < json.count {
            switch json[index] {
            case 0x22:
                let end = endOfText(from: index + 1, in: json)
                lastText = end - index - 1
                if lastText > text { return "a text is longer than \(text) bytes" }
                index = end
            case 0x7B, 0x5B:
                open.append(json[index] == 0x7B ? 0 : nil)
                count += 1
                if open.count > depth { return "it nests deeper than \(depth)" }
            case 0x7D, 0x5D:
                _ = open.popLast()
            case 0x2C:
                count += 1
            case 0x3A:
                if lastText > name { return "a name is longer than \(name) bytes" }
                if let last = open.last, let members = last {
                    if members >= self.members { return "an object has more than \(self.members) members" }
                    open[open.count - 1] = members + 1
                }
            default: break
            }
            if count > values { return "it holds more than \(values) values" }
            index += 1
        }
        return nil
    }

    /// Where the closing quotation mark stands; the end of the bytes if there is none.
    private static func endOfText(from start: Int, in json: UnsafeRawBufferPointer) -> Int {
        var index = start
        while index < json.count {
            if json[index] == 0x22 { return index }
            index += json[index] == 0x5C ? 2 : 1
        }
        return json.count
    }
}

/// Nil unless the forge's number and name can be those of somebody, or of what Gitea gives -1 (deleted) and -2 (Actions).
func forgeUser(id: Int64, login: String) -> ForgeUser? {
    guard id > 0 || id == -1 || id == -2 else { return nil }
    return PersonName(login).map { ForgeUser(id: String(id), login: $0) }
}

/// A text that is kept as it is: nil if it is longer than anything of its kind or holds what cannot be shown.
func shortText(_ text: String, most: Int = 64) -> String? {
    guard !text.isEmpty, text.utf8.count <= most, text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else { return nil }
    return text
}

/// Values that are read in the same way from a payload and from an answer.
func asPayload<Value>(_ read: () throws(ForgeError) -> Value) throws(WebhookRefusal) -> Value {
    do throws(ForgeError) {
        return try read()
    } catch .unreadable(let said) {
        throw .malformed(said)
    } catch {
        throw .malformed("it cannot be read")
    }
}
