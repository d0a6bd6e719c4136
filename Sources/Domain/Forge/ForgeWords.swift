/// The protocols of forges that Sluice speaks.
package enum ForgeKind: String, Codable, Sendable, CaseIterable {
    case github
    case gitea
    case forgejo
    case gitlab
    case bitbucket
}

/// A repository on a forge: `owner/name`; groups of GitLab nest.
///
/// At least two parts of letters, digits, `-`, `_` and `.`, none of them `.` or `..` or starting with `-`, at most 255
/// bytes: it can be put into a path or a URL as it is.
package struct ForgeRepository: Hashable, Codable, Sendable, CustomStringConvertible {
    package let path: String

    /// Nil unless the text is a valid path.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 2, text.utf8.count <= 255, parts.allSatisfy(Self.isPart) else { return nil }
        path = text
    }

    /// Everything before the last slash.
    package var owner: String { String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) }
    /// Everything after the last slash.
    package var name: String {
        String(path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...])
    }
    package var description: String { path }

    /// Forges take paths in any letter case as the same.
    package func isSame(as other: ForgeRepository) -> Bool { path.lowercased() == other.path.lowercased() }

    private static func isPart(_ part: Substring) -> Bool {
        guard let first = part.utf8.first, first != 0x2D, part != ".", part != ".." else { return false }
        return part.utf8.allSatisfy { byte in
            (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x61 && byte <= 0x7A)
                || byte == 0x2D || byte == 0x5F || byte == 0x2E
        }
    }

    package init(from decoder: any Decoder) throws {
        self = try decodeText(decoder, as: "a repository on a forge") { ForgeRepository($0) }
    }

    package func encode(to encoder: any Encoder) throws {
        try encodeText(path, to: encoder)
    }
}

/// A branch's name without `refs/heads/`, as `git check-ref-format --branch` allows it and at most 255 bytes.
package struct BranchName: Hashable, Codable, Sendable, CustomStringConvertible {
    package let text: String

    /// Nil unless the text is a valid name.
    package init?(_ text: String) {
        let forbidden: Set<UInt8> = [0x20, 0x7E, 0x5E, 0x3A, 0x3F, 0x2A, 0x5B, 0x5C, 0x7F]
        guard !text.isEmpty, text.utf8.count <= 255, text != "@", !text.hasPrefix("-"), !text.hasSuffix("."),
            !text.contains(".."), !text.contains("@{"),
            text.utf8.allSatisfy({ $0 > 0x20 && !forbidden.contains($0) })
        else { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") && !$0.hasSuffix(".lock") }) else { return nil }
        self.text = text
    }

    package var description: String { text }

    package init(from decoder: any Decoder) throws {
        self = try decodeText(decoder, as: "a branch's name") { BranchName($0) }
    }

    package func encode(to encoder: any Encoder) throws {
        try encodeText(text, to: encoder)
    }
}

/// Somebody on a forge. The id is who it is; the login is how people write it, and may change hands.
package struct ForgeUser: Hashable, Codable, Sendable {
    /// As the forge writes it: a number, or Bitbucket's `{uuid}`.
    package let id: String
    package let login: PersonName

    package init(id: String, login: PersonName) {
        self.id = id
        self.login = login
    }
}

/// Who made a change, as far as a forge tells: of some it has only the number.
package struct ForgeAuthors: Equatable, Sendable {
    package private(set) var ids: Set<String> = []
    /// In small letters.
    package private(set) var logins: Set<String> = []

    package init() {}

    package mutating func insert(id: String, login: String?) {
        ids.insert(id)
        if let login { logins.insert(login.lowercased()) }
    }

    package func contains(_ user: ForgeUser) -> Bool { ids.contains(user.id) }
    package func contains(login: PersonName) -> Bool { logins.contains(login.text.lowercased()) }
}

/// What somebody may do to a repository, as the forge says when it is asked.
package enum Permission: String, Codable, Sendable, CaseIterable, Comparable {
    case none
    case read
    /// May push: on GitHub write, maintain; on GitLab developer and above.
    case write
    case admin

    package static func < (left: Permission, right: Permission) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .none: 0
        case .read: 1
        case .write: 2
        case .admin: 3
        }
    }
}
