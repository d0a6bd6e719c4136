extension Command {
    /// Bytes of the first line that are looked at; a longer line is no command but a `/reject`, whose reason is cut.
    static let longestLine = 2_000
    /// Characters of a reason that are kept.
    static let longestReason = 500
    /// Parameters of one `/retrain`.
    static let mostParameters = 20

    /// Reads a comment. Only its first line counts, from its first byte: what is quoted, in code, in an HTML comment or
    /// within a sentence is none of ours.
    ///
    /// GitLab takes `/approve` for itself, so every command can be written `/sluice approve` too.
    package static func hear(_ body: String) -> Heard {
        let line = firstLine(of: body)
        guard line.text.utf8.first == UInt8(ascii: "/") else { return .nothing }
        var words = line.text.dropFirst().split(omittingEmptySubsequences: true, whereSeparator: isBlank)
        // A blank after the slash is a sentence or a path, and no command.
        guard var first = words.first, line.text.utf8.dropFirst().first.map({ $0 != 0x20 && $0 != 0x09 }) ?? false
        else { return .nothing }
        if first == "sluice" {
            words.removeFirst()
            guard let next = words.first else { return .command(.help) }
            first = next
        }
        guard let word = Word(rawValue: String(first)) else { return near(String(first)) }
        if line.isCut, word != .reject { return .unclear(.tooLong(word)) }
        return Reading(word: word, words: Array(words.dropFirst()), line: line.text).command
    }

    private static func firstLine(of body: String) -> (text: String, isCut: Bool) {
        var bytes: [UInt8] = []
        for byte in body.utf8 {
            if byte == 0x0A || byte == 0x0D { return (trimmed(bytes), false) }
            if bytes.count == longestLine { return (trimmed(bytes), true) }
            bytes.append(byte)
        }
        return (trimmed(bytes), false)
    }

    private static func trimmed(_ bytes: [UInt8]) -> String {
        var bytes = bytes[...]
        while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }

    /// Something like a word of ours is answered; a path, another bot's command or a long word is not.
    private static func near(_ text: String) -> Heard {
        guard text.utf8.count <= 24, !text.contains("/") else { return .nothing }
        let letters = text.lowercased().unicodeScalars.filter { $0 == "-" || ("a"..."z").contains($0) }
        let plain = Array(String(String.UnicodeScalarView(letters)))
        let near = Word.allCases.map { ($0, distance(Array($0.rawValue), plain)) }.min { $0.1 < $1.1 }
        guard let (word, distance) = near, distance <= (word.rawValue.count > 5 ? 2 : 1) else { return .nothing }
        return .unclear(.unknownWord(text, near: word))
    }

    /// Letters to insert, remove or replace (Levenshtein).
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, other) in right.enumerated() {
                let above = row[column + 1]
                row[column + 1] = min(above + 1, row[column] + 1, diagonal + (letter == other ? 0 : 1))
                diagonal = above
            }
        }
        return row[right.count]
    }
}

/// What follows a word of ours.
private struct Reading {
    let word: Command.Word
    let words: [Substring]
    let line: String

    var command: Command.Heard {
        switch word {
        case .help: .command(.help)
        case .reject: reject
        case .retrain: retrain
        case .okToRun:
            target(of: words).map { target in
                target.model == nil && target.run == nil
                    ? .command(.okToRun(target.commit)) : .unclear(.unknownArgument(argument, word))
            }
        case .approve: target(of: words).map { .command(.approve($0)) }
        case .cancel: target(of: words).map { .command(.cancel($0)) }
        case .reproduce: target(of: words).map { .command(.reproduce($0)) }
        case .rollback: target(of: words).map { .command(.rollback($0)) }
        }
    }

    private var argument: String { words.first.map(String.init) ?? "" }

    /// A target, or why there is none.
    private enum Found {
        case target(Command.Target)
        case unclear(Command.Unclear)

        func map(_ use: (Command.Target) -> Command.Heard) -> Command.Heard {
            switch self {
            case .target(let target): use(target)
            case .unclear(let why): .unclear(why)
            }
        }
    }

    private func target(of words: [Substring]) -> Found {
        var target = Command.Target()
        for text in words {
            if let commit = commit(text) {
                guard target.commit == nil else { return .unclear(.unknownArgument(String(text), word)) }
                target.commit = commit
            } else if let run = run(text) {
                guard target.run == nil else { return .unclear(.unknownArgument(String(text), word)) }
                target.run = run
            } else if isShortCommit(text) {
                return .unclear(.shortCommit(String(text), word))
            } else if let model = ModelName(String(text)), target.model == nil {
                target.model = model
            } else {
                return .unclear(.unknownArgument(String(text), word))
            }
        }
        return .target(target)
    }

    private func commit(_ text: Substring) -> CommitID? { CommitID(hex: text.lowercased()) }

    /// `#12`, or up to six digits: more could be the beginning of a commit.
    private func run(_ text: Substring) -> RunID? {
        let digits = text.hasPrefix("#") ? text.dropFirst() : text
        guard !digits.isEmpty, digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        guard text.hasPrefix("#") ? digits.utf8.count <= 18 : digits.utf8.count <= 6 else { return nil }
        return RunID(String(digits))
    }

    private func isShortCommit(_ text: Substring) -> Bool {
        text.utf8.count >= 7
            && text.utf8.allSatisfy { (0x30...0x39 ~= $0) || (0x61...0x66 ~= $0) || (0x41...0x46 ~= $0) }
    }

    /// A reason may be in any script; a run's number before it says which run.
    private var reject: Command.Heard {
        var target = Command.Target()
        var rest = words[...]
        if let first = rest.first, first.hasPrefix("#"), let run = run(first) {
            target.run = run
            rest = rest.dropFirst()
        } else if let first = rest.first, let commit = commit(first) {
            target.commit = commit
            rest = rest.dropFirst()
        }
        let reason = rest.joined(separator: " ").unicodeScalars.filter { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
            default: true
            }
        }
        let text = String(String.UnicodeScalarView(reason.prefix(Command.longestReason)))
        guard text.contains(where: { $0.isLetter || $0.isNumber }) else { return .unclear(.noReason) }
        return .command(.reject(reason: text, target))
    }

    private var retrain: Command.Heard {
        var parameters: [String: String] = [:]
        var rest: [Substring] = []
        for text in words {
            guard let sign = text.firstIndex(of: "=") else {
                rest.append(text)
                continue
            }
            let (key, value) = (String(text[..<sign]), String(text[text.index(after: sign)...]))
            guard isKey(key), isValue(value), parameters[key] == nil, parameters.count < Command.mostParameters else {
                return .unclear(.badParameters(String(text)))
            }
            parameters[key] = value
        }
        return target(of: rest).map { .command(.retrain(parameters, $0)) }
    }

    /// `key`, `a.b`, `file:key`.
    private func isKey(_ text: String) -> Bool {
        guard let first = text.utf8.first, first != 0x2D, first != 0x2E, first != 0x2F, text.utf8.count <= 200,
            !text.contains("..")
        else { return false }
        return text.utf8.allSatisfy { byte in
            (0x30...0x39 ~= byte) || (0x41...0x5A ~= byte) || (0x61...0x7A ~= byte)
                || [0x2D, 0x2E, 0x2F, 0x3A, 0x5F].contains(byte)
        }
    }

    private func isValue(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 200 && text.utf8.allSatisfy { 0x21...0x7E ~= $0 }
    }
}
