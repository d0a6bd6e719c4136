package import Foundation

/// What a JSON text from outside may cost. Asked in one pass, without recursion and without taking anything into memory,
/// before a decoder sees it: a signature or a token only says who sent it, and forges send what strangers wrote.
///
/// It is no check of the grammar: what passes and is no JSON the decoder refuses.
package struct JSONBounds: Sendable {
    /// GitHub's deepest payload nests eight deep.
    var depth = 64
    /// Values in all: a push of 2,048 commits with their files has fewer.
    var values = 400_000
    /// Members of one object.
    var members: Int
    /// Bytes of a member's name.
    var name: Int
    /// Bytes of a text as it is written.
    var text: Int

    /// What a forge sends: a repository has about 110 members, and a comment is at most 1,000,000 characters, each written
    /// as `\uXXXX`.
    package static let payload = JSONBounds(members: 1_000, name: 1_000, text: 6_500_000)
    /// What somebody with a token sends, in a body that is small.
    package static let call = JSONBounds(members: .max, name: .max, text: .max)

    /// The bound that is passed, in a sentence; nil if none is.
    package func trouble(in json: Data) -> String? {
        json.withUnsafeBytes { trouble(in: $0) }
    }

    private func trouble(in json: UnsafeRawBufferPointer) -> String? {
        /// Members of every object that is open; nil: an array.
        var open: [Int?] = []
        var count = 1
        var lastText = 0
        var index = 0
        while index < json.count {
            switch json[index] {
            case 0x22:
                let end = Self.endOfText(from: index + 1, in: json)
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
