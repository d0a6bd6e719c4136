import Domain
import Foundation
import Host

/// For answers and payloads: names as Swift writes them, from the forges' `snake_case`.
func forgeJSON() -> JSONDecoder {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return decoder
}

/// Where a JSON text is not what it must be; never what it holds.
func decodingTrouble(_ error: any Error) -> String {
    let context: DecodingError.Context
    var missing: String?
    switch error {
    case DecodingError.keyNotFound(let key, let at):
        context = at
        missing = key.stringValue
    case DecodingError.valueNotFound(_, let at), DecodingError.typeMismatch(_, let at): context = at
    case DecodingError.dataCorrupted(let at):
        guard !at.codingPath.isEmpty else { return "not JSON" }
        context = at
    default: return "not JSON"
    }
    let path = (context.codingPath.map(\.stringValue) + (missing.map { [$0] } ?? [])).joined(separator: ".")
    if path.isEmpty { return "it is not an object" }
    return missing == nil ? "'\(path)' is not what it must be" : "'\(path)' is missing"
}

/// A time as the APIs of forges write it: ISO 8601, with or without fractions of a second, `Z` or an offset.
func forgeDate(_ text: String) -> Date? {
    guard text.utf8.count <= 40 else { return nil }
    if let date = try? Date(text, strategy: .iso8601) { return date }
    if let date = try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)) { return date }
    // More digits than the style reads: microseconds of Bitbucket.
    guard let dot = text.firstIndex(of: ".") else { return nil }
    let rest = text[text.index(after: dot)...].drop { $0.isASCII && $0.isNumber }
    return try? Date(String(text[..<dot]) + rest, strategy: .iso8601)
}

/// As much of a text as fits, in UTF-16 units, which are never fewer than what a forge counts. What was cut ends in `…`.
func cut(_ text: String, to limit: Int) -> String {
    guard text.utf16.count > limit else { return text }
    var kept = ""
    var units = 1
    for character in text {
        units += character.utf16.count
        guard units <= limit else { break }
        kept.append(character)
    }
    return limit > 0 ? kept + "…" : ""
}

/// The first 64 KiB of a comment's body: what `PullRequestComment` keeps.
func kept(_ body: String) -> String {
    guard body.utf8.count > 65_536 else { return body }
    return String(decoding: body.utf8.prefix(65_536), as: UTF8.self)
}

/// True if the first line of a body holds the marker: where the bot puts it, and where a quotation cannot have it.
func holds(_ marker: String, body: String) -> Bool {
    guard !marker.isEmpty, let first = body.split(separator: "\n", maxSplits: 1).first else { return false }
    return first.contains(marker) && !first.hasPrefix(">")
}

/// A commit id of the forge; nil for none, for the one of forty zeros that stands for none, and for what is none.
func commit(_ text: String?) -> CommitID? {
    guard let text, text.utf8.contains(where: { $0 != 0x30 }) else { return nil }
    return CommitID(hex: text)
}

/// A branch whose name is not allowed here: what is told of it is nothing, and says so. Anybody who may push can make one,
/// so it must never be the delivery's fault.
func refusedBranch(_ name: String) -> ForgeEvent {
    .nothing("branch name '\(cut(name.shown(limit: 100), to: 50))' is not allowed here")
}
