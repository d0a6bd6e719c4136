import Foundation

/// What a Python script says about the files it touches, as far as its literals tell.
///
/// This is guessing for a first draft, not a Python parser: it follows constants, `Path`, `os.path.join`, `argparse`
/// defaults and `with open(…) as f`, and gives up on everything else.
struct PythonSource {
    struct Option {
        /// `model` for `--model`; positional arguments as they are.
        var name: String
        var isPositional: Bool
        var isRequired: Bool
        var fallback: String?
    }

    let path: String
    private let text: String
    private let calls: [Call]
    private var constants: [String: String] = [:]
    private var handles: [String: String] = [:]
    private(set) var options: [Option] = []

    private struct Call {
        var receiver: String
        var name: String
        var arguments: [String]
    }

    init(path: String, text: String) {
        self.path = path
        self.text = text.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { $0.utf8.count < 1_000 && !$0.drop { $0.isWhitespace }.hasPrefix("#") }.joined(separator: "\n")
        calls = Self.calls(in: self.text)
        readConstants()
        readOptions()
        readHandles()
    }

    func contains(_ word: String) -> Bool { text.contains(word) }

    /// True if a call of that name is in the script: `fit`, `dump`.
    func calls(_ name: String) -> Bool { calls.contains { $0.name == name } }

    func option(_ names: String...) -> Option? {
        names.lazy.compactMap { name in options.first { $0.name == name } }.first
    }

    /// Files that a model is written to, in the order of the script.
    var modelPaths: [String] {
        calls.compactMap { call -> String? in
            switch (call.receiver, call.name) {
            case ("joblib", "dump"), ("pickle", "dump"), ("cloudpickle", "dump"), ("dill", "dump"), ("torch", "save"):
                value(call.arguments.dropFirst().first)
            case (_, "save_model"), (_, "save_pretrained"): value(call.arguments.last)
            case (let receiver, "save") where !["np", "numpy", "plt", "fig", "image", "img"].contains(receiver):
                value(call.arguments.first)
            case (_, "write_bytes") where call.arguments.first?.contains("dumps(") == true: value(call.receiver)
            default: nil
            }
        }
    }

    /// Files that numbers are written to, and the names of the numbers where the script spells them out.
    var metricPaths: [String] {
        calls.compactMap { call -> String? in
            switch (call.receiver, call.name) {
            case ("json", "dump"), ("yaml", "dump"), ("yaml", "safe_dump"): value(call.arguments.dropFirst().first)
            case (_, "write_text") where call.arguments.first?.contains("json.dumps(") == true: value(call.receiver)
            default: nil
            }
        }
    }

    /// Files that tables are written to.
    var tablePaths: [String] {
        calls.filter { $0.name == "to_csv" || $0.name == "to_parquet" }.compactMap { value($0.arguments.first) }
    }

    /// Files, folders and patterns that data is read from.
    var dataPaths: [String] {
        let readers: Set<String> = [
            "read_csv", "read_parquet", "read_json", "read_excel", "read_feather", "scan_csv", "scan_parquet",
            "loadtxt",
            "genfromtxt", "ImageFolder", "iterdir", "listdir", "glob", "rglob",
        ]
        return calls.filter { readers.contains($0.name) }.compactMap { call in
            let isOnFolder = ["iterdir", "glob", "rglob"].contains(call.name) && call.receiver != "glob"
            return isOnFolder ? value(call.receiver).map { $0 + "/*" } : value(call.arguments.first)
        }
    }

    /// Modules that the script imports, as paths: `src/features`.
    var imports: [String] {
        let pattern = #"(?m)^[ \t]*(?:from[ \t]+([A-Za-z_][\w.]*)[ \t]+import|import[ \t]+([A-Za-z_][\w.]*))"#
        return Self.matches(pattern, in: text).map { groups in
            (groups[0].isEmpty ? groups[1] : groups[0]).replacingOccurrences(of: ".", with: "/")
        }
    }

    /// Keys of dictionaries of numbers: `"auc": …`.
    var quotedKeys: [String] {
        Self.matches(#"["']([A-Za-z_]\w*)["']\s*:"#, in: text).map { $0[0] }
            + Self.matches(#"\[["']([A-Za-z_]\w*)["']\]\s*="#, in: text).map { $0[0] }
    }

    // MARK: Values of expressions

    private func value(_ expression: String?, depth: Int = 0) -> String? {
        guard depth < 8, let text = expression?.trimmingCharacters(in: .whitespacesAndNewlines), !text.isEmpty else {
            return nil
        }
        if text.hasPrefix("("), text.hasSuffix(")") {
            return value(String(text.dropFirst().dropLast()), depth: depth + 1)
        }
        if let literal = Self.literal(text) { return literal }
        if let handle = handles[text] { return handle }
        if let constant = constants[text] { return constant }
        if text.hasPrefix("args.") || text.hasPrefix("opt.") {
            let name = text.split(separator: ".").dropFirst().joined(separator: ".").replacingOccurrences(
                of: "_", with: "-")
            return options.first { $0.name == name }?.fallback
        }
        if let folder = folder(text) { return folder }
        let parts = Self.split(text, at: "/")
        if parts.count > 1 {
            let values = parts.map { value($0, depth: depth + 1) }
            return values.contains(nil) ? nil : Self.join(values.compactMap { $0 })
        }
        guard let call = Self.calls(in: text).last, text.hasSuffix(")") else { return nil }
        switch call.name {
        case "Path", "PurePath", "str", "open", "abspath": return value(call.arguments.first, depth: depth + 1)
        case "join" where call.receiver.hasSuffix("path"):
            let values = call.arguments.map { value($0, depth: depth + 1) }
            return values.contains(nil) ? nil : Self.join(values.compactMap { $0 })
        default: return nil
        }
    }

    /// `Path(__file__).parent` and the like: the script's folder, or one above; empty for the root.
    private func folder(_ text: String) -> String? {
        let parents = Self.matches(#"^Path\(__file__\)(?:\.resolve\(\)|\.absolute\(\))?((?:\.parent)+)$"#, in: text)
        guard let chain = parents.first?.first else { return nil }
        let up = chain.components(separatedBy: ".parent").count - 1
        let parts = path.split(separator: "/")
        return up > parts.count ? nil : parts.dropLast(up).joined(separator: "/")
    }

    private static func join(_ parts: [String]) -> String {
        parts.filter { !$0.isEmpty && $0 != "." }.joined(separator: "/")
    }

    private mutating func readConstants() {
        for groups in Self.matches(#"(?m)^[ \t]*([A-Za-z_]\w*)[ \t]*(?::[ \t]*\w+[ \t]*)?=[ \t]*(.+)$"#, in: text)
        where constants.count < 500 {
            if constants[groups[0]] == nil, let found = value(groups[1]) { constants[groups[0]] = found }
        }
    }

    private mutating func readOptions() {
        for call in calls where call.name == "add_argument" {
            let names = call.arguments.compactMap(Self.literal)
            guard let name = names.first(where: { $0.hasPrefix("--") }) ?? names.first else { continue }
            let keyword = { (key: String) in
                call.arguments.first { $0.hasPrefix(key + "=") }.map { String($0.dropFirst(key.count + 1)) }
            }
            options.append(
                Option(
                    name: name.trimmingCharacters(in: CharacterSet(charactersIn: "-")).replacingOccurrences(
                        of: "_", with: "-"),
                    isPositional: !name.hasPrefix("-"), isRequired: keyword("required") == "True",
                    fallback: keyword("default").flatMap { value($0) }))
        }
    }

    private mutating func readHandles() {
        for groups in Self.matches(#"open\((.+?),\s*["'][wa]b?\+?["'][^)]*\)\s+as\s+(\w+)"#, in: text)
        where groups[0].count < 200 {
            handles[groups[1]] = value(groups[0])
        }
        for groups in Self.matches(#"([\w./"' ()]{1,120}?)\.open\(\s*["'][wa]b?\+?["'][^)]*\)\s+as\s+(\w+)"#, in: text)
        {
            let receiver = groups[0].replacingOccurrences(of: "with ", with: "")
            handles[groups[1]] = handles[groups[1]] ?? value(receiver)
        }
    }
}

// MARK: Text

extension PythonSource {
    /// The text of a string literal without interpolation.
    private static func literal(_ text: String) -> String? {
        var body = text[...]
        if let first = body.first, first == "r" || first == "u" || first == "R" { body = body.dropFirst() }
        guard let quote = body.first, quote == "\"" || quote == "'", body.count >= 2, body.last == quote else {
            return nil
        }
        let inner = body.dropFirst().dropLast()
        return inner.contains(quote) || inner.contains("\\") || inner.contains("\n") ? nil : String(inner)
    }

    /// Every call in the text, with its arguments as they are written.
    private static func calls(in text: String) -> [Call] {
        let bytes = Array(text.utf8)
        var calls: [Call] = []
        for open in bytes.indices where bytes[open] == UInt8(ascii: "(") && calls.count < 5_000 {
            var start = open
            while start > 0, open - start < 120, isPartOfName(bytes[start - 1]) { start -= 1 }
            let head = String(decoding: bytes[start..<open], as: UTF8.self)
            let name = head.split(separator: ".", omittingEmptySubsequences: false).last.map(String.init) ?? ""
            guard !name.isEmpty else { continue }
            let rest = String(decoding: bytes[(open + 1)..<min(open + 2_001, bytes.count)], as: UTF8.self)
            guard let arguments = arguments(rest) else { continue }
            var receiver = String(head.dropLast(name.count + 1))
            if receiver.isEmpty, head.hasPrefix("."), start > 0, bytes[start - 1] == UInt8(ascii: ")") {
                receiver = expression(endingAt: start, in: bytes)
            }
            calls.append(Call(receiver: receiver, name: name, arguments: arguments))
        }
        return calls
    }

    /// `Path("x")` before `.write_text(`: the call that ends where the dot stands.
    private static func expression(endingAt end: Int, in bytes: [UInt8]) -> String {
        var start = end
        var depth = 0
        while start > 0, end - start < 300 {
            start -= 1
            if bytes[start] == UInt8(ascii: ")") { depth += 1 }
            if bytes[start] == UInt8(ascii: "(") { depth -= 1 }
            if depth == 0 { break }
        }
        while start > 0, isPartOfName(bytes[start - 1]) { start -= 1 }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private static func isPartOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2E: true
        default: false
        }
    }

    /// The arguments up to the closing parenthesis; nil if there is none.
    private static func arguments(_ text: String) -> [String]? {
        var end: String.Index?
        scan(text) { index, character, depth in
            if character == ")", depth == 0 { end = index }
            return end == nil
        }
        guard let end else { return nil }
        return split(String(text[..<end]), at: ",").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
            .filter { !$0.isEmpty }
    }

    /// Splits at a sign that stands outside quotes and brackets.
    private static func split(_ text: String, at sign: Character) -> [String] {
        var parts: [String] = []
        var start = text.startIndex
        scan(text) { index, character, depth in
            if character == sign, depth == 0 {
                parts.append(String(text[start..<index]))
                start = text.index(after: index)
            }
            return true
        }
        return parts + [String(text[start...])]
    }

    /// Visits each sign outside quotes with the depth of brackets around it, until `visit` says no.
    private static func scan(_ text: String, _ visit: (String.Index, Character, Int) -> Bool) {
        var depth = 0
        var quote: Character?
        var escaped = false
        for index in text.indices {
            let character = text[index]
            if let open = quote {
                if escaped {
                    escaped = false
                } else if character == "\\" {
                    escaped = true
                } else if character == open {
                    quote = nil
                }
                continue
            }
            switch character {
            case "\"", "'": quote = character
            case "(", "[", "{": depth += 1
            case ")", "]", "}":
                if !visit(index, character, depth) { return }
                depth -= 1
            default:
                if !visit(index, character, depth) { return }
            }
        }
    }

    private static func matches(_ pattern: String, in text: String) -> [[String]] {
        guard let expression = try? NSRegularExpression(pattern: pattern) else { return [] }
        let whole = text as NSString
        return expression.matches(in: text, range: NSRange(location: 0, length: whole.length)).prefix(2_000).map {
            match in
            (1..<match.numberOfRanges).map { group in
                let range = match.range(at: group)
                return range.location == NSNotFound ? "" : whole.substring(with: range)
            }
        }
    }
}
