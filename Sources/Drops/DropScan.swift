import Domain
import Glibc
import Host
import SystemPackage

/// Looks at what lies in a drop directory: never opens a file, never follows a link out, enters no directory twice on
/// one way down. Everything here blocks.
struct DropScan: Sendable {
    /// Canonical.
    let root: FilePath

    static let deepest = 16

    init(root: FilePath) throws(Fault) { self.root = try Files.canonical(root) }

    enum Seen {
        case nothing
        case ignored
        case directory
        case marker(MarkerSighting)
        case sighting(Sighting)
    }

    /// What one name is now.
    func look(at name: RawName) -> Seen {
        let meaning = DropNames.meaning(of: name)
        guard meaning != .ignored else { return .ignored }
        guard let info = FileState(cPath: name.cPath(below: root)) else { return .nothing }
        if info.kind != S_IFDIR, case .marker = meaning {
            guard info.kind == S_IFREG else { return .ignored }
            return MarkerSighting(name: name, written: info.written).map(Seen.marker) ?? .ignored
        }
        if let reason = DropNames.refusal(of: name) { return refusal(name, info, reason) }
        switch info.kind {
        case S_IFREG: return file(name, at: name.path(below: root), info, stamp: info.stamp)
        case S_IFDIR: return .directory
        case S_IFLNK: return link(name, info)
        case S_IFIFO: return refusal(name, info, "is a named pipe")
        case S_IFSOCK: return refusal(name, info, "is a socket")
        case S_IFBLK, S_IFCHR: return refusal(name, info, "is a device")
        default: return refusal(name, info, "is neither a file nor a directory")
        }
    }

    private func file(_ name: RawName, at path: FilePath, _ info: FileState, stamp: String) -> Seen {
        guard let place = name.text.flatMap({ TreePath($0) }) else { return .ignored }
        let file = DropFile(name: place, location: .path(path), size: info.size, stamp: stamp)
        return .sighting(Sighting(name: name, thing: .file(file), written: info.written))
    }

    private func refusal(_ name: RawName, _ info: FileState, _ reason: String) -> Seen {
        .sighting(refused(name, info, reason))
    }

    private func refused(_ name: RawName, _ info: FileState, _ reason: String) -> Sighting {
        // A directory's time and size change with what is in it.
        let stamp = info.kind == S_IFDIR ? "directory-\(info.inode)" : info.stamp
        let refusal = DropRefusal(
            name: name.shown, location: .path(name.path(below: root)), stamp: stamp, reason: reason)
        return Sighting(name: name, thing: .refusal(refusal), written: info.written)
    }

    private func link(_ name: RawName, _ info: FileState) -> Seen {
        let path = name.path(below: root)
        guard let target = try? Files.canonical(path), let there = FileState(target) else {
            return refusal(name, info, "is a link that leads nowhere")
        }
        guard target != root, target.starts(with: root) else {
            return refusal(name, info, "is a link that leads outside of the drop")
        }
        guard there.kind == S_IFREG else { return refusal(name, info, "is a link to what is not a regular file") }
        return file(name, at: target, there, stamp: "\(there.stamp)\(FileState.linkMark)\(info.stamp)")
    }

    /// What a walk found.
    struct Findings: Sendable {
        var sightings: [Sighting] = []
        var markers: [MarkerSighting] = []
        /// Directories that could not be read, and what the system said.
        var unreadable: [String] = []
        /// A file system below the top on which the kernel does not tell of all changes.
        var blind: String?
    }

    /// Looks at all in a directory and below it.
    ///
    /// - Parameter enter: called with every directory before its names are read, so that a watch that is made there
    ///   misses nothing.
    func walk(from folder: RawName = .top, enter: (RawName) throws(Fault) -> Void = { _ in }) throws(Fault) -> Findings
    {
        var findings = Findings()
        var above: [FileState.Identity] = []
        var place = RawName.top
        for component in folder.components {
            if let info = FileState(place.path(below: root)) { above.append(info.identity) }
            place = place.appending(component)
        }
        try visit(folder, above: above, enter, &findings)
        return findings
    }

    private func visit(
        _ folder: RawName, above: [FileState.Identity], _ enter: (RawName) throws(Fault) -> Void,
        _ findings: inout Findings
    ) throws(Fault) {
        let path = folder.path(below: root)
        guard let info = FileState(path), info.kind == S_IFDIR else { return }
        if above.contains(info.identity) {
            findings.sightings.append(refused(folder, info, "is a directory that holds itself"))
            return
        }
        guard above.count <= Self.deepest else {
            findings.sightings.append(refused(folder, info, "lies more than \(Self.deepest) directories deep"))
            return
        }
        if let parent = above.last, parent.device != info.identity.device {
            findings.blind = findings.blind ?? FileSystemKind.blind(at: path)
        }
        try enter(folder)
        let names: [FilePath.Component]
        do throws(Fault) {
            names = try Files.entries(path)
        } catch {
            // Gone meanwhile is no trouble.
            if FileState(path) != nil { findings.unreadable.append(error.message) }
            return
        }
        for component in names {
            let name = folder.appending(component.bytes)
            switch look(at: name) {
            case .nothing, .ignored: break
            case .marker(let marker): findings.markers.append(marker)
            case .sighting(let sighting): findings.sightings.append(sighting)
            case .directory: try visit(name, above: above + [info.identity], enter, &findings)
            }
        }
    }
}
