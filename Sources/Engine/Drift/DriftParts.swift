import Domain
import Host
import Storage

/// The parts of a dataset in their order: files by their names where it appends, else snapshots by their numbers. Pure.
struct DriftParts: Sendable, Equatable {
    /// A file, or a snapshot's files.
    struct Part: Sendable, Equatable {
        let name: String
        let files: [Store.SnapshotFile]
    }

    /// How many earlier references are looked for.
    static let mostEarlier = 20

    let snapshot: Store.Snapshot
    let parts: [Part]
    /// Where new parts stand in `parts`, ascending; parts of another dataset are all older, and the one new part is
    /// the whole snapshot.
    let new: [Int]
    let current: DriftSides.Side
    /// `file`, `snapshot`
    let noun: String
    /// The other dataset that the parts come from.
    let other: DatasetName?

    /// A dataset that appends: new are the files that the snapshot before has not, of the first one the last file.
    init(_ snapshot: Store.Snapshot, addedTo before: Store.Snapshot?) {
        let files = snapshot.files.sorted { $0.name < $1.name }
        let known = Set((before?.files ?? []).map { FileIdentity($0) })
        let new =
            before == nil
            ? Array(files.indices.suffix(1)) : files.indices.filter { !known.contains(FileIdentity(files[$0])) }
        self.init(
            snapshot: snapshot, parts: files.map { Part(name: $0.name, files: [$0]) }, new: new,
            current: Self.side(new.map { files[$0] }), noun: "file", other: nil)
    }

    /// A dataset that replaces: the new part is the snapshot.
    init(_ snapshot: Store.Snapshot, replacing before: [Store.Snapshot]) {
        let parts = (before + [snapshot]).map { Part(name: "snapshot \($0.ref.number)", files: $0.files) }
        self.init(
            snapshot: snapshot, parts: parts, new: [parts.count - 1], current: Self.side(snapshot), noun: "snapshot",
            other: nil)
    }

    /// Files of another dataset, which appends.
    init(
        _ snapshot: Store.Snapshot, of dataset: DatasetPolicy, comparedWith other: DatasetName,
        files: [Store.SnapshotFile]
    ) {
        let parts = files.sorted { $0.name < $1.name }.map { Part(name: $0.name, files: [$0]) }
        self.init(
            snapshot: snapshot, parts: parts, new: [parts.count], current: Self.side(snapshot), noun: "file",
            other: other)
    }

    /// Snapshots of another dataset, which replaces.
    init(
        _ snapshot: Store.Snapshot, of dataset: DatasetPolicy, comparedWith other: DatasetName,
        snapshots: [Store.Snapshot]
    ) {
        let parts = snapshots.map { Part(name: "snapshot \($0.ref.number)", files: $0.files) }
        self.init(
            snapshot: snapshot, parts: parts, new: [parts.count], current: Self.side(snapshot), noun: "snapshot",
            other: other)
    }

    private init(
        snapshot: Store.Snapshot, parts: [Part], new: [Int], current: DriftSides.Side, noun: String,
        other: DatasetName?
    ) {
        self.snapshot = snapshot
        self.parts = parts
        self.new = new
        self.current = current
        self.noun = noun
        self.other = other
    }

    // MARK: References

    /// The parts before the first new one, so many.
    func window(_ count: Int) -> DriftComparison {
        guard let first = new.first else { return nothingNew }
        let range = max(0, first - count)..<first
        guard !range.isEmpty else { return .nothing("there is no \(noun)\(ofOther) before \(subject)") }
        let earlier = (1...Self.mostEarlier).compactMap { shift -> [Store.SnapshotFile]? in
            let end = first - shift
            return end > 0 ? parts[max(0, end - count)..<end].flatMap(\.files).distinct : nil
        }
        let names = parts[range].map(\.name)
        let words =
            range.count == 1
            ? "\(names[0].shown())\(ofOther), the \(noun) before"
            : "the \(range.count) \(noun)s\(ofOther) before (\(Self.span(names)))"
        return .sides(
            DriftSides(
                snapshot: snapshot, reference: .init(files: files(range), words: words), current: current,
                earlier: earlier))
    }

    /// For each new part the one so many before it; new parts without one are left out.
    func season(_ count: Int) -> DriftComparison {
        guard let first = new.first else { return nothingNew }
        let pairs = new.filter { $0 >= count }
        guard let one = pairs.first else {
            return .nothing("there is no \(noun)\(ofOther) \(count) before \(subject)")
        }
        let names = pairs.map { parts[$0 - count].name }
        let words =
            pairs.count == 1
            ? "\(names[0].shown())\(ofOther), \(count) \(noun)\(count == 1 ? "" : "s") before"
            : "the \(pairs.count) \(noun)s\(ofOther) that lie \(count) before (\(Self.span(names)))"
        let reference = pairs.flatMap { parts[$0 - count].files }.distinct
        let isAll = one == first
        return .sides(
            DriftSides(
                snapshot: snapshot, reference: .init(files: .parts(reference), words: words),
                current: isAll ? current : Self.side(pairs.flatMap { parts[$0].files })))
    }

    /// The snapshot that the champion was trained on.
    static func against(
        champion trained: Store.Snapshot, _ snapshot: Store.Snapshot, addedTo before: Store.Snapshot?, appends: Bool
    ) -> DriftComparison {
        let known = Set(trained.files.map { FileIdentity($0) })
        let unseen = snapshot.files.filter { !known.contains(FileIdentity($0)) }
        // What came last is not to be lost among what came since the champion; but a snapshot may bring back a file
        // that the champion knows.
        let old = Set((before?.files ?? []).map { FileIdentity($0) })
        let newest = unseen.filter { !old.contains(FileIdentity($0)) }
        let added = newest.isEmpty ? unseen : newest
        guard trained.ref != snapshot.ref, !appends || !added.isEmpty else {
            return .nothing("the champion was trained on all of \(name(snapshot))")
        }
        let isPart = appends && added.count < snapshot.files.count
        return .sides(
            DriftSides(
                snapshot: snapshot,
                reference: .init(
                    files: .whole(trained), words: "\(side(trained).words), which the champion was trained on"),
                current: isPart ? side(added) : side(snapshot)))
    }

    // MARK: Words

    private var nothingNew: DriftComparison { .nothing("\(Self.name(snapshot)) has no new file") }

    private var subject: String {
        other == nil && noun == "file" ? new.first.map { "'\(parts[$0].name.shown())'" } ?? "" : Self.name(snapshot)
    }

    private var ofOther: String { other.map { " of \($0)" } ?? "" }

    private func files(_ range: Range<Int>) -> DataFiles { .parts(parts[range].flatMap(\.files).distinct) }

    private static func side(_ files: [Store.SnapshotFile]) -> DriftSides.Side {
        let names = files.map(\.name)
        return .init(
            files: .parts(files),
            words: names.count == 1 ? names[0].shown() : "\(names.count) new files (\(span(names)))")
    }

    private static func side(_ snapshot: Store.Snapshot) -> DriftSides.Side {
        let count = snapshot.files.count
        return .init(files: .whole(snapshot), words: "\(name(snapshot)) (\(count) \(count == 1 ? "file" : "files"))")
    }

    private static func name(_ snapshot: Store.Snapshot) -> String {
        "snapshot \(snapshot.ref.number) of \(snapshot.ref.dataset)"
    }

    /// `a.csv to c.csv`
    private static func span(_ names: [String]) -> String {
        guard let first = names.first, let last = names.last else { return "" }
        return first == last ? first.shown(limit: 60) : "\(first.shown(limit: 60)) to \(last.shown(limit: 60))"
    }
}

/// What makes a file of a snapshot another one than that of the snapshot before.
private struct FileIdentity: Hashable {
    let name: String
    let digest: Digest

    init(_ file: Store.SnapshotFile) {
        name = file.name
        digest = file.artifact.digest
    }
}
