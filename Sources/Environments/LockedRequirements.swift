import Domain
import Foundation

/// What a lock in pip's format asks for, after every line was found harmless.
///
/// A lock comes from the commit and is hostile: only pinned names with hashes are let through, and uv gets the text
/// written here, never the file itself, so that what was checked is what is installed.
struct LockedRequirements: Equatable {
    /// One requirement a line, sorted, without comments.
    let text: String
    let count: Int

    init(_ bytes: Data, file: String) throws(Fault) {
        guard let whole = String(data: bytes, encoding: .utf8) else {
            throw Fault(.input, "\(file) is not UTF-8 text", advice: hashAdvice)
        }
        var lines: [String] = []
        for line in LogicalLine.all(of: whole) {
            do throws(Refusal) {
                if let requirement = try read(line.text) { lines.append(requirement) }
            } catch {
                throw Fault(.input, "\(file):\(line.number): \(error.sentence)", advice: error.advice)
            }
        }
        lines.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        text = lines.map { $0 + "\n" }.joined()
        count = lines.count
    }
}

private let hashAdvice = "write the lock with 'uv pip compile --generate-hashes requirements.in -o requirements.lock'"

private struct Refusal: Error {
    let sentence: String
    var advice: String?
}

/// A line of the file with its continuations joined and its comment cut off.
private struct LogicalLine {
    let number: Int
    let text: String

    static func all(of text: String) -> [LogicalLine] {
        var lines: [LogicalLine] = []
        var start = 0
        var pending = ""
        func finish() {
            let line = pending.trimmingCharacters(in: .whitespaces)
            if !line.isEmpty { lines.append(LogicalLine(number: start, text: line)) }
            pending = ""
        }
        let body = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
        let physical = body.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (index, raw) in physical.enumerated() {
            if pending.isEmpty { start = index + 1 }
            let (line, commented) = uncommented(raw)
            if !commented, line.hasSuffix("\\") {
                pending += line.dropLast() + " "
            } else {
                pending += line
                finish()
            }
        }
        finish()
        return lines
    }

    private static func uncommented(_ line: Substring) -> (Substring, Bool) {
        var before: Character = " "
        for index in line.indices {
            if line[index] == "#", before.isWhitespace { return (line[..<index], true) }
            before = line[index]
        }
        return (line, false)
    }
}

/// The line as uv may see it; nil for an option that changes nothing here.
private func read(_ line: String) throws(Refusal) -> String? {
    guard !line.hasPrefix("-") else { return try readOption(line) }
    let words = line.split(whereSeparator: \.isWhitespace)
    let requirement = words.prefix { !$0.hasPrefix("-") }.joined(separator: " ")
    try checkPinned(requirement)
    let name = requirement.prefix { $0 != " " && $0 != "=" && $0 != "[" }
    var hashes: [String] = []
    for word in words.drop(while: { !$0.hasPrefix("-") }) {
        guard word.hasPrefix("--hash=") else {
            throw Refusal(sentence: "'\(shown(word))' is not taken after a requirement; only '--hash=' is")
        }
        guard isHash(word.dropFirst("--hash=".count)) else {
            throw Refusal(sentence: "'\(shown(word))' is not a sha256, sha384 or sha512 hash", advice: hashAdvice)
        }
        hashes.append(String(word))
    }
    guard !hashes.isEmpty else {
        throw Refusal(
            sentence: "'\(shown(name))' has no '--hash=', and only what has one is installed", advice: hashAdvice)
    }
    return ([requirement] + hashes.sorted()).joined(separator: " ")
}

private func readOption(_ line: String) throws(Refusal) -> String? {
    let option = line.prefix { !$0.isWhitespace && $0 != "=" }
    switch option {
    case "--require-hashes", "--only-binary": return nil
    case "-r", "--requirement", "-c", "--constraint":
        throw Refusal(sentence: "'\(option)' names another file; a lock has to be whole", advice: hashAdvice)
    case "-e", "--editable":
        throw Refusal(sentence: "'\(option)' installs from a folder, and only packages with a hash are installed")
    case "-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--trusted-host", "--no-index":
        throw Refusal(
            sentence: "'\(option)' says where packages come from, which is not for the repository to say",
            advice: "set the index for the machine: UV_DEFAULT_INDEX, PIP_INDEX_URL or uv's or pip's own configuration")
    default:
        throw Refusal(sentence: "the option '\(shown(option))' is not taken in a lock")
    }
}

/// Lets `name[extras]==version ; marker` through and nothing else.
private func checkPinned(_ requirement: String) throws(Refusal) {
    let parts = requirement.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
    let pin = parts[0].filter { $0 != " " }
    let first = shown(parts[0].trimmingCharacters(in: .whitespaces))
    if requirement.contains("://") || parts[0].contains("@") {
        throw Refusal(sentence: "'\(first)' is a direct reference; only packages of the index are installed")
    }
    if parts[0].contains("/") || parts[0].hasPrefix(".") || pin.hasSuffix(".whl") || pin.hasSuffix(".tar.gz") {
        throw Refusal(sentence: "'\(first)' is a path; only packages of the index are installed")
    }
    guard let equals = pin.firstRange(of: "==") else {
        throw Refusal(sentence: "'\(first)' is not pinned with '=='", advice: hashAdvice)
    }
    let version = pin[equals.upperBound...]
    var name = pin[..<equals.lowerBound]
    if let bracket = name.firstIndex(of: "["), name.hasSuffix("]") {
        let extras = name[name.index(after: bracket)...].dropLast()
        guard extras.utf8.allSatisfy({ isNameByte($0) || $0 == 0x2C }) else {
            throw Refusal(sentence: "'\(first)' is not a requirement")
        }
        name = name[..<bracket]
    }
    guard let start = name.utf8.first, isAlphanumeric(start), name.utf8.allSatisfy(isNameByte) else {
        throw Refusal(sentence: "'\(first)' is not a requirement")
    }
    guard let digit = version.utf8.first, isAlphanumeric(digit), version.utf8.allSatisfy(isVersionByte) else {
        throw Refusal(sentence: "'\(first)' is not pinned to one version", advice: hashAdvice)
    }
    if parts.count == 2, !parts[1].utf8.allSatisfy(isMarkerByte) {
        throw Refusal(sentence: "'\(shown(parts[1]))' is not a marker")
    }
}

private func isHash(_ text: Substring) -> Bool {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let lengths: [Substring: Int] = ["sha256": 64, "sha384": 96, "sha512": 128]
    guard parts.count == 2, let length = lengths[parts[0]] else { return false }
    return parts[1].utf8.count == length
        && parts[1].utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) }
}

private func isAlphanumeric(_ byte: UInt8) -> Bool {
    (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x61 && byte <= 0x7A)
}

private func isNameByte(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || "-_.".utf8.contains(byte) }
private func isVersionByte(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || "-_.+!".utf8.contains(byte) }

/// Without `$`, because uv puts variables of its own environment in place of `${NAME}`.
private func isMarkerByte(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || "-_.+ '\"<>=!~(),".utf8.contains(byte) }

private func shown(_ text: some StringProtocol) -> String {
    let safe = text.unicodeScalars.prefix(80).map { $0.value < 0x20 || $0.value == 0x7F ? "?" : String($0) }
    return safe.joined() + (text.unicodeScalars.count > 80 ? "…" : "")
}
