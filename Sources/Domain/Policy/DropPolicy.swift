/// The keys of `datasets.NAME` that are about files that arrive by themselves.
package struct DropPolicy: Codable, Equatable, Sendable {
    /// Where files arrive.
    package enum Place: Codable, Hashable, Sendable {
        /// An absolute path.
        case directory(String)
        /// Objects of S3-compatible storage whose keys start with `prefix` (empty, or ending with `/`).
        case bucket(name: String, prefix: String)
    }

    /// What says that a file, or all files of a directory, are complete.
    package enum Marker: String, Codable, Sendable, CaseIterable {
        /// A file of this name in the directory.
        case success = "_SUCCESS"
        /// A file beside it whose name has this behind it.
        case done = ".done"
    }

    /// What is done with a file that is refused.
    package enum Refused: String, Codable, Sendable, CaseIterable {
        /// Moved to `quarantine/<date>/` of the drop, with the reason beside it.
        case quarantine
        /// Left where it is; only recorded.
        case leave
    }

    package var location: Place
    /// A regular expression for the whole name; others are refused. Nil: every name.
    package var files: String?
    /// Seconds without a change after which a file counts as complete.
    package var settle: Double
    /// Nil: a marker only hastens.
    package var marker: Marker?
    package var refused: Refused
    /// Seconds between two looks at the whole drop.
    package var rescan: Double

    package init(
        place: Place, files: String? = nil, settle: Double = 5, marker: Marker? = nil,
        refused: Refused = .quarantine, rescan: Double = 300
    ) {
        location = place
        self.files = files
        self.settle = settle
        self.marker = marker
        self.refused = refused
        self.rescan = rescan
    }
}

extension DropPolicy.Place {
    /// `/srv/drops/flights` or `s3://bucket/prefix/`; nil for anything else.
    package init?(_ text: String) {
        let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        guard isPlain, text.utf8.count <= 1000 else { return nil }
        guard text.hasPrefix("s3://") else {
            guard text.hasPrefix("/"), text.contains(where: { $0 != "/" }) else { return nil }
            guard !text.split(separator: "/").contains(where: { $0 == ".." || $0 == "." }) else { return nil }
            self = .directory(text)
            return
        }
        let parts = text.dropFirst(5).split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let bucket = parts.first.map(String.init) ?? ""
        let isName = bucket.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x2E
        }
        guard (3...63).contains(bucket.utf8.count), isName else { return nil }
        let prefix = parts.count > 1 ? String(parts[1]) : ""
        self = .bucket(name: bucket, prefix: prefix.isEmpty || prefix.hasSuffix("/") ? prefix : prefix + "/")
    }

    /// As it is written in a policy.
    package var text: String {
        switch self {
        case .directory(let path): path
        case .bucket(let name, let prefix): "s3://\(name)/\(prefix)"
        }
    }
}
