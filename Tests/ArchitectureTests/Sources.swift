import Foundation

/// A Swift file of the package.
struct SourceFile: CustomStringConvertible {
    /// Below the root of the package: `Sources/Domain/Run/Run.swift`.
    let path: String
    let text: String
    /// The text with comments and what stands in quotes blanked out, line by line as it was.
    let code: String

    init(path: String, text: String) {
        self.path = path
        self.text = text
        code = codeOnly(text)
    }

    var description: String { path }

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    /// The second component of the path.
    var room: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
    /// Modules that the file imports.
    var imports: [String] {
        code.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ").drop { $0.hasPrefix("@") || accessLevels.contains(String($0)) }
            guard words.first == "import", let name = words.last else { return nil }
            return name.split(separator: ".").first.map(String.init)
        }
    }
}

private let accessLevels: Set<String> = ["package", "internal", "private", "fileprivate", "public"]

enum Repository {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// All Swift files below `Sources`, read once.
    static let sources = Result { try swiftFiles(in: "Sources") }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// All Swift files below a folder, in the order of their paths.
    static func swiftFiles(in folder: String) throws -> [SourceFile] {
        try FileManager.default.subpathsOfDirectory(atPath: root.appendingPathComponent(folder).path)
            .filter { $0.hasSuffix(".swift") }.sorted()
            .map { SourceFile(path: "\(folder)/\($0)", text: try text("\(folder)/\($0)")) }
    }
}

/// Blanks comments and literals out; keeps every line break, so line numbers stay.
func codeOnly(_ text: String) -> String {
    var code = ""
    var rest = Substring(text)
    while let first = rest.first {
        let skipped: Substring
        if rest.hasPrefix("//") {
            skipped = rest.prefix { !$0.isNewline }
        } else if rest.hasPrefix("/*") {
            skipped = upTo("*/", in: rest, after: 2)
        } else if let quote = openingQuote(of: rest) {
            skipped = literal(rest, quote: quote)
        } else {
            code.append(first)
            rest = rest.dropFirst()
            continue
        }
        code += " " + String(skipped.filter(\.isNewline))
        rest = rest[skipped.endIndex...]
    }
    return code
}

/// `"`, `"""`, `#"` and so on, if the text starts with one.
private func openingQuote(of text: Substring) -> String? {
    let hashes = String(text.prefix { $0 == "#" })
    let body = text.dropFirst(hashes.count)
    if body.hasPrefix("\"\"\"") { return hashes + "\"\"\"" }
    return body.hasPrefix("\"") ? hashes + "\"" : nil
}

private func literal(_ text: Substring, quote: String) -> Substring {
    let end = String(quote.reversed())
    let isRaw = quote.hasPrefix("#")
    let isOneLine = !quote.hasSuffix("\"\"\"")
    var rest = text.dropFirst(quote.count)
    while !rest.isEmpty, !rest.hasPrefix(end) {
        if isOneLine, rest.first?.isNewline == true { return text[..<rest.startIndex] }
        rest = rest.dropFirst(!isRaw && rest.first == "\\" ? 2 : 1)
    }
    return text[..<rest.dropFirst(end.count).startIndex]
}

private func upTo(_ end: String, in text: Substring, after start: Int) -> Substring {
    let body = text.dropFirst(start)
    return body.range(of: end).map { text[..<$0.upperBound] } ?? text
}

/// A function, and the lines from its name to its closing brace.
struct FunctionExtent {
    let line: Int
    let length: Int
}

/// Functions and initialisers with a body, found by matching braces.
func functions(in code: String) -> [FunctionExtent] {
    let lines = code.split(separator: "\n", omittingEmptySubsequences: false)
    let start = /(^|\s)(func\s|init[?(<]|subscript[(<])/
    return lines.indices.compactMap { index in
        guard lines[index].contains(start), !lines[index].contains(/\.init\(/),
            let length = extent(lines[index...])
        else { return nil }
        return FunctionExtent(line: index + 1, length: length)
    }
}

private func extent(_ lines: ArraySlice<Substring>) -> Int? {
    var braces = 0
    var parentheses = 0
    for (count, line) in lines.enumerated() {
        if count > 0, braces == 0, parentheses == 0, line.contains(/(^|\s)(func|init|case|let|var)[\s(]/) { return nil }
        for character in line {
            switch character {
            case "(", "[": parentheses += 1
            case ")", "]": parentheses -= 1
            case "{" where braces > 0 || parentheses == 0: braces += 1
            case "}" where braces == 0 && parentheses == 0: return nil
            case "}" where braces > 0:
                braces -= 1
                if braces == 0 { return count + 1 }
            default: break
            }
        }
    }
    return nil
}
